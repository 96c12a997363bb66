// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.segment.SegmentName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The last word before replaced segments go, whatever was thought before: what stays has to cover all of their offsets
 * with the same or a higher leader epoch, overruled ones as well. Where that is so, nothing is uncovered without them,
 * and nothing counts again that they overruled, because one that reaches as far back stays.
 */
final class Removable {

    private Removable() {}

    /**
     * Those of them that may go. A segment whose end was overruled stays until the new leader's reach as far.
     *
     * @param replaced whose records are in others
     */
    static List<SegmentName> of(PartitionSegments segments, List<SegmentName> replaced) {
        Set<SegmentName> going = new HashSet<>(replaced);
        Map<Integer, Coverage> stayingFromEpoch = new HashMap<>();
        return replaced.stream()
                .filter(name -> stayingFromEpoch
                                .computeIfAbsent(name.leaderEpoch(), epoch -> staying(segments, going, epoch))
                                .firstUncovered(name.range().startOffset())
                        >= name.range().endOffset())
                .toList();
    }

    private static Coverage staying(PartitionSegments segments, Set<SegmentName> going, int leastEpoch) {
        return Coverage.of(segments.segments().stream()
                .map(Segment::name)
                .filter(name -> name.leaderEpoch() >= leastEpoch && !going.contains(name))
                .map(SegmentName::range)
                .toList());
    }
}
