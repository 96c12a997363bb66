// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a writer has to know of the segments of a partition: what is covered, and the leader epochs where reading
 * begins. Small however many segments there are, so that it can be kept for thousands of partitions. Immutable.
 */
public final class PartitionCoverage {

    private final Coverage covered;
    private final Map<Long, Integer> epochByEnd = new HashMap<>();
    private final Map<Long, Integer> epochByStart = new HashMap<>();

    private PartitionCoverage(PartitionSegments segments) {
        this.covered = segments.coverage();
        for (OffsetRange range : covered.ranges()) {
            epochByEnd.put(range.endOffset(), segments.leaderEpochBefore(range.endOffset()));
        }
        Set<Long> starts =
                covered.ranges().stream().map(OffsetRange::startOffset).collect(Collectors.toSet());
        for (SegmentSlice slice : segments.slices()) {
            if (starts.contains(slice.valid().startOffset())) {
                epochByStart.merge(slice.valid().startOffset(), slice.name().leaderEpoch(), Math::min);
            }
        }
    }

    /** The sum of all segments of a listing. */
    public static PartitionCoverage of(PartitionSegments segments) {
        return new PartitionCoverage(segments);
    }

    /** The offsets that are covered. */
    public Coverage covered() {
        return covered;
    }

    /** Leader epoch of what is covered directly before this uncovered offset; -1 if unknown or nothing is. */
    public int leaderEpochBefore(long uncoveredOffset) {
        return epochByEnd.getOrDefault(uncoveredOffset, -1);
    }

    /**
     * Leader epoch with which the next covered range behind this uncovered offset begins; -1 if unknown or none does.
     */
    public int leaderEpochAfter(long uncoveredOffset) {
        return epochByStart.getOrDefault(covered.firstCovered(uncoveredOffset), -1);
    }
}
