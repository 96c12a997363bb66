// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.catalog.PartitionSegments;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicIdPartition;

/**
 * When a partition is worth a listing: often where segments come in, seldom where nothing changes, and at once when
 * something in it has expired. So what listings cost depends on what happens and not on the number of partitions.
 *
 * <p>Used from one thread.
 */
final class VisitSchedule {

    private static final int SHORTEST_IN_CYCLES = 6;
    private static final int LONGEST_IN_CYCLES = 72;

    private final Duration shortest;
    private final Duration longest;
    private final LongSupplier nanoClock;
    private final Map<TopicIdPartition, Plan> plans = new HashMap<>();

    VisitSchedule(Duration cycle, LongSupplier nanoClock) {
        this.shortest = cycle.multipliedBy(SHORTEST_IN_CYCLES);
        this.longest = cycle.multipliedBy(LONGEST_IN_CYCLES);
        this.nanoClock = nanoClock;
    }

    /**
     * @param left hash of the segments that were left: thousands of partitions are not worth more memory
     * @param firstEnd lowest end of a segment
     */
    private record Plan(long dueNanos, Duration interval, int left, long firstEnd) {}

    /**
     * Whether to look at it now.
     *
     * @param expiredBelow the offset below which segments may go, if it is known
     */
    boolean isDue(TopicIdPartition partition, OptionalLong expiredBelow) {
        Plan plan = plans.get(partition);
        return plan == null
                || nanoClock.getAsLong() - plan.dueNanos() >= 0
                || (expiredBelow.isPresent() && plan.firstEnd() <= expiredBelow.getAsLong());
    }

    /**
     * It was looked at.
     *
     * @param listed what there was
     * @param left what is left of it
     * @param waiting until what is waiting may be removed; {@link Duration#ZERO} if nothing is
     */
    void visited(TopicIdPartition partition, PartitionSegments listed, PartitionSegments left, Duration waiting) {
        Plan before = plans.get(partition);
        Duration interval = before == null || before.left() != listed.segments().hashCode()
                ? shortest
                : min(before.interval().multipliedBy(2), longest);
        Duration next = waiting.isZero() ? interval : min(interval, waiting);
        long firstEnd = left.segments().stream()
                .mapToLong(segment -> segment.name().range().endOffset())
                .min()
                .orElse(Long.MAX_VALUE);
        plans.put(
                partition,
                new Plan(
                        nanoClock.getAsLong() + next.toNanos(),
                        interval,
                        left.segments().hashCode(),
                        firstEnd));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
