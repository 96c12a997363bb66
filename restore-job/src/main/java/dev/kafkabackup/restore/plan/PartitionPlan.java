// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.OffsetRange;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is to be restored of one partition, into the partition of the same number.
 *
 * @param partition partition number; 0 or more
 * @param targetStartOffset end of the target partition before the restore; 0 in a topic that the restore creates
 * @param recordsAtMost number of records in the segments; more than will be produced where segments overlap, were
 *     partly overruled, or hold records outside of the selected time
 * @param bytes size of the segments to read
 * @param offsets from the first segment's start to the last valid offset; null if there is nothing to read
 * @param segments what is to be read, by start offset; segments without wanted records are not among them
 */
public record PartitionPlan(
        int partition,
        long targetStartOffset,
        long recordsAtMost,
        long bytes,
        @Nullable OffsetRange offsets,
        List<PlannedSegment> segments) {

    public PartitionPlan {
        segments = List.copyOf(segments);
    }

    static PartitionPlan of(int partition, List<SegmentSlice> slices) {
        return new PartitionPlan(
                partition,
                0,
                slices.stream().mapToLong(slice -> slice.name().records()).sum(),
                slices.stream().mapToLong(slice -> slice.name().sizeBytes()).sum(),
                slices.isEmpty()
                        ? null
                        : new OffsetRange(
                                slices.get(0).valid().startOffset(),
                                slices.stream()
                                        .mapToLong(slice -> slice.valid().endOffset())
                                        .max()
                                        .getAsLong()),
                slices.stream().map(PlannedSegment::of).toList());
    }

    /** The same plan, for a target partition that ends at this offset. */
    public PartitionPlan withTargetStartOffset(long offset) {
        return new PartitionPlan(partition, offset, recordsAtMost, bytes, offsets, segments);
    }

    /** What is to be read, as the catalogue calls it, by start offset. */
    public List<SegmentSlice> slices() {
        return segments.stream().map(PlannedSegment::slice).toList();
    }

    /**
     * How many records will be produced, where the segments' names alone say it: none overlaps, none is cut, no time
     * selected.
     */
    public OptionalLong exactRecords(TimeRange time) {
        long end = 0;
        for (SegmentSlice slice : slices()) {
            boolean whole = slice.valid().equals(slice.name().range());
            if (!whole || slice.valid().startOffset() < end) {
                return OptionalLong.empty();
            }
            end = slice.valid().endOffset();
        }
        return time.wantsAll() ? OptionalLong.of(recordsAtMost) : OptionalLong.empty();
    }
}
