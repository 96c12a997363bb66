// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.storage.StoredObject;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the planned offsets in a partition's listing of today. */
final class PlannedSlices {

    private PlannedSlices() {}

    /**
     * What is to be read, by start offset.
     *
     * @param planned ascending, disjoint
     * @param fromOffset what is below it has been read already
     * @throws CorruptDataException if planned offsets are not there any more
     */
    static List<SegmentSlice> of(
            PartitionSegments listed, List<OffsetRange> planned, long fromOffset, RecordSelection selection) {
        List<OffsetRange> wanted = planned.stream()
                .flatMap(range -> range.intersection(new OffsetRange(fromOffset, Long.MAX_VALUE)).stream())
                .toList();
        Coverage coverage = listed.coverage();
        for (OffsetRange range : wanted) {
            long missing = coverage.firstUncovered(range.startOffset());
            if (missing < range.endOffset()) {
                throw gone(
                        listed, new OffsetRange(missing, Math.min(range.endOffset(), coverage.firstCovered(missing))));
            }
        }
        Coverage toRead = Coverage.of(wanted);
        return listed.slices().stream()
                .filter(slice -> selection.mayBeIn(listed.partition().partition(), slice.name())
                        && toRead.firstCovered(slice.valid().startOffset())
                                < slice.valid().endOffset())
                .map(slice -> upTo(toRead.endOffset(), slice))
                .toList();
    }

    /** Nothing behind the planned offsets: it was published later, or is not wanted. */
    private static SegmentSlice upTo(long endOffset, SegmentSlice slice) {
        return slice.valid().endOffset() <= endOffset
                ? slice
                : new SegmentSlice(slice.name(), new OffsetRange(slice.valid().startOffset(), endOffset));
    }

    private static CorruptDataException gone(PartitionSegments listed, OffsetRange missing) {
        String rejected = listed.rejected().stream().map(StoredObject::fileName).collect(Collectors.joining(", "));
        return new CorruptDataException(
                BackupLayout.partition(listed.partition()),
                "the segment of offsets %s is gone%s"
                        .formatted(missing, rejected.isEmpty() ? "" : "; these are no segments: " + rejected));
    }
}
