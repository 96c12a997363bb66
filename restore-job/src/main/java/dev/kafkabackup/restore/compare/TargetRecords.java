// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.KafkaConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Properties;
import java.util.Queue;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** What a partition of the target serves, up to its last stable offset at most. Not thread safe. */
public final class TargetRecords implements Iterator<ConsumerRecord<byte[], byte[]>>, AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PATIENCE = KafkaConnection.CALL_TIMEOUT.multipliedBy(3);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final Queue<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
    private final LongPredicate wanted;
    private final long logStartOffset;
    private final long endOffset;

    private TargetRecords(
            KafkaConsumer<byte[], byte[]> consumer,
            TopicPartition partition,
            LongPredicate wanted,
            long logStartOffset,
            long endOffset) {
        this.consumer = consumer;
        this.partition = partition;
        this.wanted = wanted;
        this.logStartOffset = logStartOffset;
        this.endOffset = endOffset;
    }

    /**
     * Opens a partition.
     *
     * @param startOffset where to begin; where the log begins, if that is later
     * @param wanted offsets of the records that are handed out
     * @throws FailedException if Kafka does not answer
     */
    static TargetRecords open(KafkaConnection kafka, TopicPartition partition, long startOffset, LongPredicate wanted) {
        return open(kafka, partition, startOffset, Long.MAX_VALUE, wanted);
    }

    /**
     * Opens a part of a partition.
     *
     * @param startOffset where to begin; where the log begins, if that is later
     * @param endOffset where to end, exclusive
     * @throws FailedException if Kafka does not answer
     */
    public static TargetRecords between(
            KafkaConnection kafka, TopicPartition partition, long startOffset, long endOffset) {
        return open(kafka, partition, startOffset, endOffset, any -> true);
    }

    private static TargetRecords open(
            KafkaConnection kafka, TopicPartition partition, long startOffset, long endOffset, LongPredicate wanted) {
        Properties settings = kafka.clientProperties("restore-compare-" + partition);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        KafkaConsumer<byte[], byte[]> consumer = null;
        try {
            consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            List<TopicPartition> only = List.of(partition);
            consumer.assign(only);
            long start = offset(consumer.beginningOffsets(only).get(partition));
            long end = offset(consumer.endOffsets(only).get(partition));
            consumer.seek(partition, Math.max(start, startOffset));
            return new TargetRecords(consumer, partition, wanted, start, Math.min(end, endOffset));
        } catch (KafkaException e) {
            if (consumer != null) {
                consumer.close();
            }
            throw unreadable(partition, e);
        }
    }

    private static long offset(@Nullable Long answer) {
        return answer == null ? 0 : answer;
    }

    private static FailedException unreadable(TopicPartition partition, KafkaException e) {
        return new FailedException(
                "Partition %d of %s cannot be read back: %s"
                        .formatted(partition.partition(), partition.topic(), e.getMessage()),
                e);
    }

    /** Smallest offset that the partition still has. */
    long logStartOffset() {
        return logStartOffset;
    }

    /** @throws FailedException if Kafka does not answer */
    @Override
    public boolean hasNext() {
        long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
        while (fetched.isEmpty()) {
            long position = consumer.position(partition);
            if (position >= endOffset) {
                return false;
            }
            poll();
            if (consumer.position(partition) > position) {
                giveUpAt = System.nanoTime() + PATIENCE.toNanos();
            } else if (System.nanoTime() > giveUpAt) {
                throw new FailedException(
                        "Partition %d of %s cannot be read back: nothing came behind offset %d for %d s"
                                .formatted(partition.partition(), partition.topic(), position, PATIENCE.toSeconds()));
            }
        }
        return true;
    }

    private void poll() {
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < endOffset && wanted.test(record.offset())) {
                    fetched.add(record);
                }
            }
        } catch (KafkaException e) {
            throw unreadable(partition, e);
        }
    }

    @Override
    public ConsumerRecord<byte[], byte[]> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("There are no more records in " + partition);
        }
        return fetched.remove();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
