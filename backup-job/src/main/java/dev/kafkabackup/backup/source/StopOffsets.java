// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a bounded reading end whose stop offset does not exist any more: an unclean leader election cut off what was
 * stable when the reading began. Not thread safe.
 */
final class StopOffsets {

    private static final Logger LOG = LoggerFactory.getLogger(StopOffsets.class);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private long lastLookNanos = System.nanoTime();

    /** Has a look, now and then, at those of the partitions that have nothing to read although they have to. */
    void lowerToEndOfLog(IncarnationConsumer consumer, Collection<OpenPartition> fetching) {
        if (System.nanoTime() - lastLookNanos < INTERVAL.toNanos()) {
            return;
        }
        Map<TopicPartition, OpenPartition> waiting = fetching.stream()
                .filter(partition -> partition.stopOffset().isPresent() && !partition.isFinished())
                .filter(consumer::isAtEnd)
                .collect(Collectors.toMap(OpenPartition::topicPartition, Function.identity()));
        if (waiting.isEmpty()) {
            return;
        }
        lastLookNanos = System.nanoTime();
        try {
            // A fetch tells of a high watermark that may still be rising after an election. This answer does not come
            // before the leader has everything that was committed, so what is missing now stays missing.
            consumer.lastStableOffsets(waiting.keySet(), INTERVAL).forEach((topicPartition, end) -> {
                OpenPartition partition = waiting.get(topicPartition);
                if (partition != null) {
                    lower(partition, end);
                }
            });
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("The ends of {} are not known yet", waiting.keySet(), e);
        }
    }

    private static void lower(OpenPartition partition, long end) {
        OptionalLong stop = partition.stopOffset();
        if (stop.isPresent() && end < stop.getAsLong()) {
            LOG.warn(
                    "The log of {} was truncated: it is read up to offset {} instead of {}",
                    partition.partition(),
                    end,
                    stop.getAsLong());
            partition.stopAt(end);
        }
    }
}
