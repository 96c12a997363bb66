// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.select;

import dev.kafkabackup.segment.SegmentName;

/**
 * Which records are wanted, by their timestamp.
 *
 * @param fromMs epoch ms, inclusive; -1 if records without a timestamp are wanted as well
 * @param toMs epoch ms, exclusive; more than {@code fromMs}
 */
public record TimeRange(long fromMs, long toMs) {

    /** Every record, also those without a timestamp. */
    public static final TimeRange UNBOUNDED = new TimeRange(-1, Long.MAX_VALUE);

    /** @throws IllegalArgumentException if nothing can be in the range */
    public TimeRange {
        if (fromMs < -1 || toMs <= fromMs) {
            throw new IllegalArgumentException(
                    "A time range must begin at 0 or later and end after that, but is [" + fromMs + ", " + toMs + ")");
        }
    }

    /** From a moment on, without end; records without a timestamp are not in it. */
    public static TimeRange from(long fromMs) {
        return new TimeRange(fromMs, Long.MAX_VALUE);
    }

    /** Everything before a moment; records without a timestamp are not in it. */
    public static TimeRange until(long toMs) {
        return new TimeRange(0, toMs);
    }

    /** Whether every record is wanted, so that no timestamp needs to be looked at. */
    public boolean wantsAll() {
        return equals(UNBOUNDED);
    }

    /** Whether a record with this timestamp is wanted; a negative one stands for none. */
    public boolean contains(long timestampMs) {
        return wantsAll() || (timestampMs >= fromMs && timestampMs < toMs);
    }

    /** Whether a segment may hold wanted records. */
    boolean mayBeIn(SegmentName segment) {
        return segment.mayHoldTimestamps(fromMs, toMs);
    }
}
