// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.live;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.ConsumerTopicIds;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.segment.SegmentRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what Kafka serves (read committed) of a range of offsets of one incarnation; records of another one never come
 * out.
 *
 * <p>Not thread safe.
 */
public final class LiveRecords implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration POLL_FOR_METADATA = Duration.ofMillis(10);
    private static final Duration PATIENCE = KafkaConnection.CALL_TIMEOUT.multipliedBy(2);

    private final TopicIdPartition partition;
    private final TopicPartition assigned;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ConsumerTopicIds ids;

    /**
     * What one fetch brought.
     *
     * @param records in offset order
     * @param endOffset the position behind them: what lies before it and is no record is not served
     * @param leaderEpoch epoch of that position; -1 if unknown
     */
    public record Batch(List<SegmentRecord> records, long endOffset, int leaderEpoch) {}

    /**
     * Opens a partition.
     *
     * @param startOffset where to begin; must be in the log
     * @throws FailedException if Kafka does not have this incarnation, or does not answer
     */
    public LiveRecords(KafkaConnection kafka, TopicIdPartition partition, long startOffset) {
        this.partition = partition;
        this.assigned = partition.topicPartition();
        Properties settings = kafka.clientProperties("kafka-backup-verify-" + partition.topicPartition());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        ids = ConsumerTopicIds.of(consumer);
        try {
            consumer.assign(List.of(assigned));
            consumer.pause(List.of(assigned));
            consumer.seek(assigned, startOffset);
            awaitIncarnation();
            ids.watch(partition.topic());
            consumer.resume(List.of(assigned));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void awaitIncarnation() {
        long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Optional<Uuid> id = ids.current(partition.topic());
            if (id.isPresent()) {
                requireSame(id.get());
                return;
            }
            if (System.nanoTime() > giveUpAt) {
                throw new FailedException("Kafka did not tell about topic " + partition.topic());
            }
            ConsumerRecords<byte[], byte[]> unused = poll(POLL_FOR_METADATA);
        }
    }

    private void requireSame(Uuid id) {
        if (!id.equals(partition.topicId())) {
            throw new FailedException(
                    "Topic %s has the ID %s now, not %s".formatted(partition.topic(), id, partition.topicId()));
        }
    }

    private ConsumerRecords<byte[], byte[]> poll(Duration patience) {
        try {
            return consumer.poll(patience);
        } catch (KafkaException e) {
            throw new FailedException(
                    "Partition %d of %s cannot be read from Kafka: %s"
                            .formatted(partition.partition(), partition.topic(), e.getMessage()),
                    e);
        }
    }

    /** Where the reading stands. */
    public long position() {
        return consumer.position(assigned);
    }

    /**
     * The next records, at least one offset further.
     *
     * @throws FailedException if nothing comes, or the incarnation is gone
     */
    public Batch next() {
        long position = position();
        long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < giveUpAt) {
            ConsumerRecords<byte[], byte[]> polled = poll(POLL);
            if (!ids.takeChanged().isEmpty()) {
                throw new FailedException(
                        "Topic %s was deleted or created again while it was read".formatted(partition.topic()));
            }
            OffsetAndMetadata next = polled.nextOffsets().get(assigned);
            if (next != null && next.offset() > position) {
                List<SegmentRecord> records = new ArrayList<>();
                for (ConsumerRecord<byte[], byte[]> record : polled.records(assigned)) {
                    records.add(new SegmentRecord(
                            record.offset(),
                            record.timestamp(),
                            record.timestampType(),
                            record.leaderEpoch().orElse(-1),
                            record.key(),
                            record.value(),
                            record.headers()));
                }
                return new Batch(records, next.offset(), next.leaderEpoch().orElse(-1));
            }
        }
        throw new FailedException(
                "Nothing came of %s behind offset %d for %d s".formatted(partition, position, PATIENCE.toSeconds()));
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
