// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.select.RecordSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;

/**
 * The planned offsets in a partition's listing of today.
 *
 * @param slices what is to be read, by start offset
 * @param missing planned offsets that are not there any more
 */
record PlannedSlices(List<SegmentSlice> slices, List<OffsetRange> missing) {

    /**
     * @param planned ascending, disjoint
     * @param fromOffset what is below it has been read already
     */
    static PlannedSlices of(
            PartitionSegments listed, List<OffsetRange> planned, long fromOffset, RecordSelection selection) {
        List<OffsetRange> wanted = planned.stream()
                .flatMap(range -> range.intersection(new OffsetRange(fromOffset, Long.MAX_VALUE)).stream())
                .toList();
        Coverage coverage = listed.coverage();
        List<OffsetRange> missing =
                wanted.stream().flatMap(range -> uncovered(coverage, range)).toList();
        Coverage toRead = Coverage.of(wanted);
        List<SegmentSlice> slices = listed.slices().stream()
                .filter(slice -> selection.mayBeIn(listed.partition().partition(), slice.name())
                        && toRead.firstCovered(slice.valid().startOffset())
                                < slice.valid().endOffset())
                .map(slice -> upTo(toRead.endOffset(), slice))
                .toList();
        return new PlannedSlices(slices, missing);
    }

    /** Path of the object that is read first; empty if there is nothing to read. */
    Optional<String> firstPath(TopicIdPartition partition) {
        return slices.stream().findFirst().map(first -> BackupLayout.segment(partition, first.name()));
    }

    private static Stream<OffsetRange> uncovered(Coverage coverage, OffsetRange range) {
        List<OffsetRange> uncovered = new ArrayList<>();
        long offset = coverage.firstUncovered(range.startOffset());
        while (offset < range.endOffset()) {
            long end = Math.min(range.endOffset(), coverage.firstCovered(offset));
            uncovered.add(new OffsetRange(offset, end));
            offset = coverage.firstUncovered(end);
        }
        return uncovered.stream();
    }

    /** Nothing behind the planned offsets: it was published later, or is not wanted. */
    private static SegmentSlice upTo(long endOffset, SegmentSlice slice) {
        return slice.valid().endOffset() <= endOffset
                ? slice
                : new SegmentSlice(slice.name(), new OffsetRange(slice.valid().startOffset(), endOffset));
    }
}
