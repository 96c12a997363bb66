// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.recovery;

import java.util.Arrays;

/** When the records of one partition were appended, by the broker's clock. Safe for use from any thread. */
public final class AppendTimes {

    private long[] times = new long[1 << 16];
    private int count;

    /**
     * Adds the next record.
     *
     * @param offset one more than that of the record before, or 0
     * @param appendedAtMs epoch ms
     */
    public synchronized void add(long offset, long appendedAtMs) {
        if (offset != count) {
            throw new IllegalStateException(
                    "The record after offset %d has offset %d: somebody else produces".formatted(count - 1, offset));
        }
        if (count == times.length) {
            times = Arrays.copyOf(times, 2 * count);
        }
        times[count] = appendedAtMs;
        count++;
    }

    /** How many records there are; the offset after the last one. */
    public synchronized long endOffset() {
        return count;
    }

    /** For each offset from 0 on, epoch ms. */
    public synchronized long[] toArray() {
        return Arrays.copyOf(times, count);
    }
}
