// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one poll of a consumer brought. What went wrong is told apart by partition, so that one that cannot be read
 * holds up no other.
 *
 * @param records what was fetched, and the positions behind it; nothing if anything went wrong
 * @param validated partitions whose leaders have confirmed the position, of those that were asked for
 * @param diverged where the logs of truncated partitions part from what was read of them
 * @param outOfRange bounds of the logs whose partitions have a position outside
 * @param unreadable partitions that cannot be read now
 * @param cause why not; null if there are none
 */
record Poll(
        ConsumerRecords<byte[], byte[]> records,
        Set<TopicPartition> validated,
        Map<TopicPartition, OffsetAndMetadata> diverged,
        Map<TopicPartition, LogBounds> outOfRange,
        Set<TopicPartition> unreadable,
        @Nullable RuntimeException cause) {

    private static final Logger LOG = LoggerFactory.getLogger(Poll.class);

    /** Short, so that new splits and lost topics are looked after soon. */
    private static final Duration WAIT = Duration.ofMillis(100);

    private static final Duration OFFSETS_TIMEOUT = Duration.ofSeconds(5);

    /** Where a partition's log begins, and where what is stable in it ends. */
    record LogBounds(long startOffset, long endOffset) {}

    /**
     * Polls once.
     *
     * @param unvalidated those of the consumer's partitions of which it is asked whether their position is in the log
     * @throws KafkaException if something went wrong that is not about any of the partitions; {@link WakeupException}
     *     among them
     */
    static Poll of(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> unvalidated) {
        try {
            Set<TopicPartition> validated = validated(consumer, unvalidated);
            return new Poll(consumer.poll(WAIT), validated, Map.of(), Map.of(), Set.of(), null);
        } catch (LogTruncationException e) {
            Set<TopicPartition> unknown =
                    new HashSet<>(e.offsetOutOfRangePartitions().keySet());
            unknown.removeAll(e.divergentOffsets().keySet());
            return bounds(consumer, unknown, e.divergentOffsets());
        } catch (OffsetOutOfRangeException e) {
            return bounds(consumer, e.offsetOutOfRangePartitions().keySet(), Map.of());
        } catch (KafkaException | IllegalStateException e) {
            return unreadable(consumer, e, Map.of());
        }
    }

    /** Those whose leaders have confirmed the position; before anything is fetched, so that a failure loses nothing. */
    private static Set<TopicPartition> validated(
            Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        Set<TopicPartition> validated = new HashSet<>();
        try {
            for (TopicPartition partition : partitions) {
                consumer.position(partition, Duration.ZERO);
                validated.add(partition);
            }
        } catch (TimeoutException e) {
            LOG.trace("Not all positions are validated yet", e);
        }
        return validated;
    }

    private static Poll bounds(
            Consumer<byte[], byte[]> consumer,
            Set<TopicPartition> partitions,
            Map<TopicPartition, OffsetAndMetadata> diverged) {
        Map<TopicPartition, LogBounds> bounds = new HashMap<>();
        try {
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions, OFFSETS_TIMEOUT);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, OFFSETS_TIMEOUT);
            starts.forEach((partition, start) -> {
                Long end = ends.get(partition);
                if (end != null) {
                    bounds.put(partition, new LogBounds(start, end));
                }
            });
        } catch (TimeoutException e) {
            // the next poll says the same
            LOG.warn("Log start and end of {} are not known yet: {}", partitions, e.getMessage());
        } catch (KafkaException e) {
            return unreadable(consumer, e, diverged);
        }
        return new Poll(ConsumerRecords.empty(), Set.of(), diverged, bounds, Set.of(), null);
    }

    private static Poll unreadable(
            Consumer<byte[], byte[]> consumer,
            RuntimeException cause,
            Map<TopicPartition, OffsetAndMetadata> diverged) {
        if (cause instanceof WakeupException || cause instanceof InterruptException) {
            throw cause;
        }
        Set<TopicPartition> culprits = culprits(cause, consumer.assignment());
        boolean aboutTopics = cause instanceof TopicAuthorizationException || cause instanceof InvalidTopicException;
        if (culprits.isEmpty() && !aboutTopics) {
            throw cause;
        }
        // about topics that are parked already, because the answer was still on its way: nothing is to be done
        return new Poll(
                ConsumerRecords.empty(), Set.of(), diverged, Map.of(), culprits, culprits.isEmpty() ? null : cause);
    }

    /** Those of the partitions that the failure is about. */
    static Set<TopicPartition> culprits(Throwable failure, Set<TopicPartition> partitions) {
        if (failure instanceof TopicAuthorizationException e) {
            return select(partitions, partition -> e.unauthorizedTopics().contains(partition.topic()));
        }
        if (failure instanceof InvalidTopicException e) {
            return select(partitions, partition -> e.invalidTopics().contains(partition.topic()));
        }
        // corrupt batches and unexpected answers name their partition only in words
        Set<TopicPartition> named = select(partitions, partition -> names(failure.getMessage(), partition));
        Throwable cause = failure.getCause();
        return named.isEmpty() && cause != null ? culprits(cause, partitions) : named;
    }

    private static boolean names(@Nullable String text, TopicPartition partition) {
        // and no other partition whose name contains this one's
        return text != null
                && Pattern.compile("(?<![\\w.-])" + Pattern.quote(partition.toString()) + "(?![\\w-]|\\.[\\w-])")
                        .matcher(text)
                        .find();
    }

    private static Set<TopicPartition> select(Set<TopicPartition> partitions, Predicate<TopicPartition> condition) {
        return partitions.stream().filter(condition).collect(Collectors.toSet());
    }
}
