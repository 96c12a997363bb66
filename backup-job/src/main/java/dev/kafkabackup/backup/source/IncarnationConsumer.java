// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.kafka.ConsumerTopicIds;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * A consumer that fetches one incarnation of a name only, and is replaced by a new one before it would fetch another,
 * however the one before it ended: its buffers, and answers that are still on their way, may hold records that look as
 * if they belonged to the next.
 *
 * <p>Used from one thread, but for {@link #wakeUp}.
 */
final class IncarnationConsumer implements AutoCloseable {

    private final Supplier<KafkaConsumer<byte[], byte[]>> consumers;

    /** What the present consumer fetched, by topic name. */
    private final Map<String, Uuid> fetchedIds = new HashMap<>();

    /** Replaced by the thread that reads, woken up by others. */
    private volatile KafkaConsumer<byte[], byte[]> consumer;

    private ConsumerTopicIds topicIds;

    /** @param consumers makes consumers that never reset an offset by themselves */
    IncarnationConsumer(Supplier<KafkaConsumer<byte[], byte[]>> consumers) {
        this.consumers = consumers;
        this.consumer = consumers.get();
        this.topicIds = ConsumerTopicIds.of(consumer);
    }

    /** The incarnation that the consumer knows under the name now; empty if it knows none. */
    Optional<Uuid> currentId(String topic) {
        return topicIds.current(topic);
    }

    /** Whether what is fetched under the partition's name now belongs to its incarnation. */
    boolean isCurrent(OpenPartition partition) {
        return currentId(partition.topic()).filter(partition.topicId()::equals).isPresent();
    }

    /** Topics whose ID was another one at any moment since the last call. */
    Set<String> takeChanged() {
        return topicIds.takeChanged();
    }

    boolean isAssigned(OpenPartition partition) {
        return consumer.assignment().contains(partition.topicPartition());
    }

    /** Reads these and no others from now on, each name once; new ones wait for {@link #startFetching}. */
    void assign(Collection<OpenPartition> partitions) {
        Map<TopicPartition, OpenPartition> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition.topicPartition(), partition));
        if (wanted.keySet().equals(consumer.assignment())) {
            return;
        }
        Set<TopicPartition> before = new HashSet<>(consumer.assignment());
        consumer.assign(wanted.keySet());
        for (OpenPartition partition : partitions) {
            if (!before.contains(partition.topicPartition())) {
                topicIds.watch(partition.topic());
                partition.setFetching(false);
                consumer.pause(List.of(partition.topicPartition()));
                seek(partition);
            }
        }
    }

    /**
     * Fetches an assigned partition whose incarnation is current.
     *
     * @return false if that needs a new consumer, to which nothing is assigned yet
     */
    boolean startFetching(OpenPartition partition) {
        Uuid before = fetchedIds.putIfAbsent(partition.topic(), partition.topicId());
        if (before != null && !before.equals(partition.topicId())) {
            replace();
            return false;
        }
        seek(partition);
        consumer.resume(List.of(partition.topicPartition()));
        partition.setFetching(true);
        return true;
    }

    /** Fetches on at the partition's position. */
    void seek(OpenPartition partition) {
        consumer.seek(partition.topicPartition(), partition.seekPosition());
    }

    /** Polls once, and finds out which of the partitions' positions are in the log. */
    Poll poll(Collection<OpenPartition> unvalidated) {
        return Poll.of(
                consumer,
                unvalidated.stream().map(OpenPartition::topicPartition).toList());
    }

    /** Where what is stable ends now, by the word of the leaders; nothing if they do not answer at once. */
    Map<TopicPartition, Long> lastStableOffsets(Set<TopicPartition> partitions, Duration timeout) {
        return consumer.endOffsets(partitions, timeout);
    }

    /** Whether the last answer from Kafka had nothing behind the partition's position. */
    boolean isAtEnd(OpenPartition partition) {
        return consumer.currentLag(partition.topicPartition()).orElse(Long.MAX_VALUE) <= 0;
    }

    /** A new consumer has empty buffers; nothing that was fetched under another ID can come out of it. */
    void replace() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
        consumer = consumers.get();
        topicIds = ConsumerTopicIds.of(consumer);
        fetchedIds.clear();
    }

    /** Ends a poll that waits, or the next one; from any thread. */
    void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
