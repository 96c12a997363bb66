// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.expiry;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.segment.SegmentName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Picks the segments of a partition that lie entirely below an offset. */
public final class ExpiredSegments {

    private ExpiredSegments() {}

    /**
     * The segments that end at or below the offset. One that overrules part of a segment that stays has to stay as
     * well: without it, records that an unclean leader election took out of the log would count again.
     */
    public static List<SegmentName> below(long offset, PartitionSegments segments) {
        List<SegmentName> expired = new ArrayList<>(segments.segments().stream()
                .map(Segment::name)
                .filter(name -> name.range().endOffset() <= offset)
                .toList());
        Set<SegmentSlice> counting = new HashSet<>(segments.slices());
        while (!expired.isEmpty()
                && !counting.containsAll(segments.without(Set.copyOf(expired)).slices())) {
            int highest =
                    expired.stream().mapToInt(SegmentName::leaderEpoch).max().getAsInt();
            expired.removeIf(name -> name.leaderEpoch() == highest);
        }
        return List.copyOf(expired);
    }
}
