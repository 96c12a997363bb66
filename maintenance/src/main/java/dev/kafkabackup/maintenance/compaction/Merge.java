// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.OffsetRange;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;

/**
 * Segments that are to become one.
 *
 * @param partition where they lie
 * @param slices what counts of each, by start offset; together they cover one range without a hole
 */
public record Merge(TopicIdPartition partition, List<SegmentSlice> slices) {

    /** @throws IllegalArgumentException if there is a hole between the slices, which a merge would hide */
    public Merge {
        slices = List.copyOf(slices);
        long end = slices.get(0).valid().startOffset();
        for (SegmentSlice slice : slices) {
            if (slice.valid().startOffset() > end) {
                throw new IllegalArgumentException(
                        "Segments of %s leave a hole at offset %d: they must not be merged".formatted(partition, end));
            }
            end = Math.max(end, slice.valid().endOffset());
        }
    }

    /** The offsets of the merged segment. */
    public OffsetRange range() {
        return new OffsetRange(
                slices.get(0).valid().startOffset(),
                slices.stream()
                        .mapToLong(slice -> slice.valid().endOffset())
                        .max()
                        .getAsLong());
    }

    /** The leader epoch of the merged segment. */
    public int leaderEpoch() {
        return slices.stream()
                .mapToInt(slice -> slice.name().leaderEpoch())
                .max()
                .getAsInt();
    }

    /** Size of the segments that are read. */
    public long bytes() {
        return slices.stream().mapToLong(slice -> slice.name().sizeBytes()).sum();
    }
}
