// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.record.RestoreRecordType;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.sink.OffsetMapSink;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
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
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job against a real broker: what comes out is compared with what was put into the segments, record by
 * record.
 */
class RestoreJobIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(4)
            .build());

    private static final int PARTITIONS = 4;
    private static final int EMPTY_PARTITION = 2;

    @TempDir
    Path folder;

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
    private final Map<TopicIdPartition, List<SegmentRecord>> backedUp = new LinkedHashMap<>();
    private BackupFixture backup;

    @BeforeEach
    void openBackup() {
        backup = new BackupFixture(folder);
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    @Test
    void everyRecordIsRestoredAndMappedExactly() throws Exception {
        backUp(RandomRecords.seeded(), 3_000);
        RestoreConfig config = config("every-record", 2);

        RestoreReport report = restore(config, "every-record", RestoreJob::build);

        requireExact(config, "every-record");
        assertThat(report.records()).isEqualTo(countOfBackedUp());
        assertThat(backup.storage().list(BackupLayout.restore(config.restoreId())))
                .extracting(object -> object.fileName())
                .containsExactlyInAnyOrder("plan.json", "report.json");
    }

    @Test
    void afterFailuresEveryRecordIsThereOnceAndTheMapIsExact() throws Exception {
        backUp(RandomRecords.small(), 150_000);
        RestoreConfig config = config("with-failures", 2);
        FailingMap.reset();

        restore(config, "with-failures", (environment, restoreConfig, plan) -> {
            RestoreJob.configure(environment, restoreConfig, plan);
            RestoreJob.sink(
                    RestoreJob.source(environment, restoreConfig)
                            .map(new FailingMap(200_000))
                            .returns(RestoreRecordType.INSTANCE)
                            .name("fails twice")
                            .uid("fails-twice"),
                    restoreConfig);
        });

        assertThat(FailingMap.failedBetweenCheckpoints())
                .as("failed with an open transaction")
                .isTrue();
        assertThat(FailingMap.failedAfterCommit())
                .as("failed after a checkpoint")
                .isTrue();
        requireExact(config, "with-failures");
    }

    @Test
    void aTransactionThatWasAbortedEndsTheJobForGoodAndIsNotInTheMap() throws Exception {
        backUp(RandomRecords.small(), 150_000);
        RestoreConfig config = config("aborted", 1);
        FencingMap.reset();

        assertThatThrownBy(() -> restore(config, "aborted", (environment, restoreConfig, plan) -> {
                    RestoreJob.configure(environment, restoreConfig, plan);
                    RestoreJob.sink(
                            RestoreJob.source(environment, restoreConfig)
                                    .map(new FencingMap(
                                            BROKER.bootstrapServers(),
                                            OffsetMapSink.transactionalIdPrefix(config.restoreId())))
                                    .returns(RestoreRecordType.INSTANCE)
                                    .name("fences producers")
                                    .uid("fences-producers"),
                            restoreConfig);
                }))
                .hasStackTraceContaining("Restore aborted: transaction kafka-backup-restore-aborted-0-")
                .hasStackTraceContaining("start the restore again with another --restore-id");

        assertThat(FencingMap.starts()).as("starts of the task").isEqualTo(1);
        OffsetMap map = new OffsetMapStore(backup.storage(), BackupLayout.restore(config.restoreId())).read();
        long committed = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            committed += readBack(new TopicPartition("aborted", partition)).size();
        }
        assertThat(map.records()).as("mapped records").isEqualTo(committed);
    }

    /**
     * Partitions of different sizes with holes, overlapping segments, segments without records, and one 900 KiB record.
     */
    private void backUp(RandomRecords random, int records) throws IOException {
        SplittableRandom shape = new SplittableRandom(random.seed());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (partition != EMPTY_PARTITION) {
                backUp(orders.partition(partition), random, shape, records * (partition + 1) / 2);
            }
        }
        backup.metadata(orders, PARTITIONS, Map.of("segment.bytes", "104857600"), Instant.EPOCH);
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

    private RestoreConfig config(String restoreId, int parallelism) {
        return new RestoreConfig(
                backup.location(),
                new KafkaConnection(BROKER.bootstrapServers(), Map.of()),
                restoreId,
                parallelism,
                Duration.ofMillis(100));
    }

    private RestoreReport restore(RestoreConfig config, String target, Job job) throws Exception {
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.prepare(restore.plan(List.of(RestoreSelection.of(orders.name(), target))));
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            job.build(environment, config, plan);
            Instant startedAt = Instant.now();
            environment.execute();
            Duration took = Duration.between(startedAt, Instant.now());
            System.out.println("Restored " + countOfBackedUp() + " records in " + took.toMillis() + " ms");
            return restore.finish(plan, startedAt);
        }
    }

    private long countOfBackedUp() {
        return backedUp.values().stream().mapToLong(List::size).sum();
    }

    private void requireExact(RestoreConfig config, String target) throws IOException {
        OffsetMap map = new OffsetMapStore(backup.storage(), BackupLayout.restore(config.restoreId())).read();
        assertThat(map.records()).as("entries of the offset map").isEqualTo(countOfBackedUp());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            TopicIdPartition source = orders.partition(partition);
            List<SegmentRecord> expected = backedUp.getOrDefault(source, List.of());
            List<ConsumerRecord<byte[], byte[]>> restored = readBack(new TopicPartition(target, partition));
            assertThat(restored).as("records of %s", source).hasSameSizeAs(expected);
            Map<Long, ConsumerRecord<byte[], byte[]>> byOffset = new HashMap<>();
            for (int i = 0; i < expected.size(); i++) {
                requireSame(expected.get(i), restored.get(i));
                byOffset.put(restored.get(i).offset(), restored.get(i));
            }
            for (SegmentRecord record : expected) {
                long targetOffset = map.target(source, record.offset()).orElseThrow();
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

    private static List<ConsumerRecord<byte[], byte[]>> readBack(TopicPartition partition) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "isolation.level", "read_committed"),
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

    /** Builds a job from a prepared plan. */
    private interface Job {
        void build(StreamExecutionEnvironment environment, RestoreConfig config, RestorePlan plan);
    }
}
