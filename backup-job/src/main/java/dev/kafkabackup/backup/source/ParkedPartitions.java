// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions that cannot be read, each left alone for a while and then tried again, so that they do not hold up the
 * others. Not thread safe.
 */
final class ParkedPartitions {

    private static final Logger LOG = LoggerFactory.getLogger(ParkedPartitions.class);

    /** How long a partition is left alone. */
    static final Duration PAUSE = Duration.ofSeconds(5);

    /** After so many times in a row nobody expects any more that it helps to wait. */
    private static final int MANY_TIMES = 3;

    /** Why a partition is parked, how often in a row, and until when. */
    private record Parked(RuntimeException cause, int times, long untilNanos) {}

    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Parked> parked = new HashMap<>();

    /** @param nanoTime {@link System#nanoTime}, or a clock of a test */
    ParkedPartitions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Leaves the partitions alone from now on. */
    void park(Set<TopicPartition> partitions, RuntimeException cause) {
        LOG.warn("Not reading {} for {} s: {}", partitions, PAUSE.toSeconds(), cause.toString());
        long until = nanoTime.getAsLong() + PAUSE.toNanos();
        for (TopicPartition partition : partitions) {
            Parked before = parked.get(partition);
            parked.put(partition, new Parked(cause, before == null ? 1 : before.times() + 1, until));
        }
    }

    /** Whether the partition has to be left alone now. */
    boolean contains(TopicPartition partition) {
        Parked entry = parked.get(partition);
        return entry != null && entry.untilNanos() - nanoTime.getAsLong() > 0;
    }

    /** The partition was read. */
    void release(TopicPartition partition) {
        parked.remove(partition);
    }

    /**
     * For somebody who waits for an end: fails if all of the partitions were parked many times in a row.
     *
     * @throws KafkaException if so, naming them and the reason
     */
    void requireHope(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        RuntimeException cause = null;
        for (TopicPartition partition : partitions) {
            Parked entry = parked.get(partition);
            if (entry == null || entry.times() < MANY_TIMES) {
                return;
            }
            cause = entry.cause();
        }
        throw new KafkaException("%s cannot be read: %s".formatted(partitions, cause), cause);
    }
}
