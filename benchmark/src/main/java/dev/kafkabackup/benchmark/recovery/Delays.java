// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.recovery;

import dev.kafkabackup.benchmark.check.WrongResult;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** How long after their append records were durable. */
public final class Delays {

    private static final double MILLIS = 1000;

    private final long[] sortedMs;

    private Delays(long[] sortedMs) {
        this.sortedMs = sortedMs;
    }

    /**
     * Compares when each record was appended with when the first segment was seen that covers it.
     *
     * @param appended by partition
     * @param fromMs epoch ms; records that were appended earlier do not count
     * @param toMs exclusive
     * @throws WrongResult if a record is in no segment, whenever it was appended, or none counts
     */
    public static Delays between(List<AppendTimes> appended, List<BucketWatch.Seen> seen, long fromMs, long toMs) {
        LongStream.Builder delays = LongStream.builder();
        for (int partition = 0; partition < appended.size(); partition++) {
            long[] appendedAt = appended.get(partition).toArray();
            long[] durableAt = durableAt(partition, appendedAt.length, seen);
            for (int offset = 0; offset < appendedAt.length; offset++) {
                if (durableAt[offset] == Long.MAX_VALUE) {
                    throw new WrongResult("Offset %d of partition %d is in no segment".formatted(offset, partition));
                }
                if (appendedAt[offset] >= fromMs && appendedAt[offset] < toMs) {
                    delays.add(durableAt[offset] - appendedAt[offset]);
                }
            }
        }
        long[] sorted = delays.build().sorted().toArray();
        if (sorted.length == 0) {
            throw new WrongResult("No record was appended while it was measured");
        }
        return new Delays(sorted);
    }

    private static long[] durableAt(int partition, int records, List<BucketWatch.Seen> seen) {
        long[] durableAt = new long[records];
        Arrays.fill(durableAt, Long.MAX_VALUE);
        for (BucketWatch.Seen segment : seen) {
            if (segment.partition() == partition) {
                int end = (int) Math.min(records, segment.endOffset());
                for (int offset = (int) segment.startOffset(); offset < end; offset++) {
                    durableAt[offset] = Math.min(durableAt[offset], segment.seenAtMs());
                }
            }
        }
        return durableAt;
    }

    /** How many records count. */
    public int records() {
        return sortedMs.length;
    }

    /**
     * Seconds after which so many of the records were durable.
     *
     * @param percent above 0, up to 100
     */
    public double seconds(double percent) {
        int rank = (int) Math.ceil(percent / 100 * sortedMs.length);
        return sortedMs[Math.max(1, rank) - 1] / MILLIS;
    }
}
