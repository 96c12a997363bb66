// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import java.util.Optional;

/**
 * A run of offsets in one partition, half open as in Kafka's fetch positions.
 *
 * <p>A range states which offsets are accounted for, not how many records exist: log compaction and transaction markers
 * leave offsets that hold no record.
 *
 * @param startOffset first offset in the range, inclusive; 0 or more
 * @param endOffset offset after the last one in the range, exclusive; more than {@code startOffset}
 */
public record OffsetRange(long startOffset, long endOffset) {

    /** @throws IllegalArgumentException if the start is negative or the range is empty */
    public OffsetRange {
        if (startOffset < 0) {
            throw new IllegalArgumentException("startOffset must be 0 or more, but is " + startOffset);
        }
        if (endOffset <= startOffset) {
            throw new IllegalArgumentException(
                    "endOffset must be more than startOffset " + startOffset + ", but is " + endOffset);
        }
    }

    /** Number of offsets in the range, 1 or more. */
    public long length() {
        return endOffset - startOffset;
    }

    /** Whether the offset lies in the range. */
    public boolean contains(long offset) {
        return offset >= startOffset && offset < endOffset;
    }

    /** The offsets that lie in both ranges; empty if there are none. */
    public Optional<OffsetRange> intersection(OffsetRange other) {
        long start = Math.max(startOffset, other.startOffset);
        long end = Math.min(endOffset, other.endOffset);
        return start < end ? Optional.of(new OffsetRange(start, end)) : Optional.empty();
    }

    /** For messages, in the notation of half-open intervals: {@code [100, 110)}. */
    @Override
    public String toString() {
        return "[" + startOffset + ", " + endOffset + ")";
    }
}
