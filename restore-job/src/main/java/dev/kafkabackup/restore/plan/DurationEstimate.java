// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import java.time.Duration;
import java.util.stream.DoubleStream;

/**
 * About how long a restore takes. A rough figure from what one subtask managed on an ordinary machine; a slow network,
 * a far storage and a busy broker make it longer.
 */
public final class DurationEstimate {

    /** Records that one subtask restores in a second if they are small. */
    private static final double RECORDS_PER_SECOND = 100_000;

    /** Stored bytes that one subtask restores in a second if records are large. */
    private static final double BYTES_PER_SECOND = 20_000_000;

    /** Until the first record is produced, and from the last one until everything is committed. */
    private static final double SECONDS_AROUND = 5;

    private DurationEstimate() {}

    /**
     * Estimates a restore.
     *
     * @param parallelism partitions that are restored at the same time, at most; 1 or more
     */
    public static Duration of(RestorePlan plan, int parallelism) {
        double all = work(plan).sum();
        double longest = work(plan).max().orElse(0);
        return Duration.ofSeconds(Math.round(SECONDS_AROUND + Math.max(longest, all / parallelism)));
    }

    /** Seconds for each partition, which is restored by one subtask. */
    private static DoubleStream work(RestorePlan plan) {
        return plan.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .mapToDouble(partition ->
                        Math.max(partition.recordsAtMost() / RECORDS_PER_SECOND, partition.bytes() / BYTES_PER_SECOND));
    }
}
