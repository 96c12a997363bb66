// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A backup of one topic, {@code orders}, with records of every kind, and what a restore of it has to look like: the
 * same records, each once, in order, and an offset map that leads to each of them.
 */
final class RandomBackup implements AutoCloseable {

    static final int PARTITIONS = 4;
    static final int EMPTY_PARTITION = 2;

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
    private final Map<TopicIdPartition, List<SegmentRecord>> backedUp = new LinkedHashMap<>();
    private final String bootstrapServers;
    private final BackupFixture backup;

    /**
     * @param bootstrapServers the cluster to restore into
     * @param folder an empty one
     */
    RandomBackup(String bootstrapServers, Path folder) {
        this.bootstrapServers = bootstrapServers;
        this.backup = new BackupFixture(folder);
    }

    /**
     * Partitions of different sizes with holes, overlapping segments, segments without records, and one 900 KiB record.
     *
     * @param records number of records in the second partition; the others have a half more each, the third has none
     */
    RandomBackup with(RandomRecords random, int records) throws IOException {
        SplittableRandom shape = new SplittableRandom(random.seed());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (partition != EMPTY_PARTITION) {
                backUp(orders.partition(partition), random, shape, records * (partition + 1) / 2);
            }
        }
        backup.metadata(orders, PARTITIONS, Map.of("segment.bytes", "104857600"), Instant.EPOCH);
        return this;
    }

    private void backUp(TopicIdPartition partition, RandomRecords random, SplittableRandom shape, int count)
            throws IOException {
        List<SegmentRecord> all = new ArrayList<>();
        List<SegmentRecord> open = new ArrayList<>();
        long start = shape.nextInt(100);
        long offset = start;
        while (all.size() < count) {
            offset += shape.nextInt(20) == 0 ? 1 + shape.nextInt(5) : 0;
            ProducerRecord<byte[], byte[]> produced = random.next(partition.topic(), partition.partition());
            boolean withoutTimestamp = shape.nextInt(1_000) == 0;
            SegmentRecord record = new SegmentRecord(
                    offset++,
                    withoutTimestamp ? -1 : produced.timestamp(),
                    withoutTimestamp ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME,
                    0,
                    produced.key(),
                    all.size() == count / 2 ? new byte[900 * 1024] : produced.value(),
                    new RecordHeaders(produced.headers()));
            all.add(record);
            open.add(record);
            if (shape.nextInt(1 + count / 8) == 0 || all.size() == count) {
                backup.segment(partition, start, offset, open);
                if (shape.nextInt(3) == 0) {
                    List<SegmentRecord> half = open.subList(open.size() / 2, open.size());
                    backup.segment(partition, half.get(0).offset(), offset, half);
                }
                backup.segment(partition, offset, offset + 10, List.of());
                offset += 10;
                start = offset;
                open.clear();
            }
        }
        backedUp.put(partition, all);
    }

    BackupFixture fixture() {
        return backup;
    }

    TopicIncarnation topic() {
        return orders;
    }

    /** A selection of all, to be restored into the target. */
    List<RestoreSelection> into(String target) {
        return List.of(RestoreSelection.of(orders.name(), target));
    }

    RestoreConfig config(String restoreId, int parallelism) {
        return config(restoreId, parallelism, Map.of());
    }

    RestoreConfig config(String restoreId, int parallelism, Map<String, String> clientProperties) {
        return new RestoreConfig(
                backup.location(),
                new KafkaConnection(bootstrapServers, clientProperties),
                restoreId,
                parallelism,
                Duration.ofMillis(100));
    }

    List<SegmentRecord> records(int partition) {
        return backedUp.getOrDefault(orders.partition(partition), List.of());
    }

    long count() {
        return backedUp.values().stream().mapToLong(List::size).sum();
    }

    OffsetMap offsetMap(String restoreId) throws IOException {
        return new OffsetMapStore(backup.storage(), BackupLayout.restore(restoreId)).read();
    }

    /** The target holds exactly the records of the backup, and the map leads to each of them and nowhere else. */
    void requireExact(String restoreId, String target) throws IOException {
        OffsetMap map = offsetMap(restoreId);
        assertThat(map.records()).as("entries of the offset map").isEqualTo(count());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<SegmentRecord> expected = records(partition);
            List<ConsumerRecord<byte[], byte[]>> restored = readBack(new TopicPartition(target, partition));
            assertThat(restored).as("records of partition %d", partition).hasSameSizeAs(expected);
            Map<Long, ConsumerRecord<byte[], byte[]>> byOffset = new HashMap<>();
            for (int i = 0; i < expected.size(); i++) {
                requireSame(expected.get(i), restored.get(i));
                byOffset.put(restored.get(i).offset(), restored.get(i));
            }
            for (SegmentRecord record : expected) {
                long targetOffset =
                        map.target(orders.partition(partition), record.offset()).orElseThrow();
                requireSame(record, byOffset.get(targetOffset));
            }
        }
    }

    private static void requireSame(SegmentRecord expected, ConsumerRecord<byte[], byte[]> restored) {
        if (!Arrays.equals(expected.key(), restored.key())
                || !Arrays.equals(expected.value(), restored.value())
                || !expected.headers().equals(restored.headers())
                || Math.max(0, expected.timestamp()) != restored.timestamp()) {
            throw new AssertionError("Source offset " + expected.offset() + " differs from target offset "
                    + restored.offset() + " of " + restored.topic() + "-" + restored.partition());
        }
    }

    /** Number of committed records in the target. */
    long committed(String target) {
        long committed = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            committed += readBack(new TopicPartition(target, partition)).size();
        }
        return committed;
    }

    private List<ConsumerRecord<byte[], byte[]>> readBack(TopicPartition partition) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        return records;
    }

    @Override
    public void close() {
        backup.close();
    }
}
