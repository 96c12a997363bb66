// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.record.RestoreRecordType;
import dev.kafkabackup.restore.report.DeliveryReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Restores that produce without transactions, or no faster than told. */
class DeliveryIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final int PARTITIONS = 2;

    /** So few that without a limit they pass in a moment, also on a busy machine. */
    private static final int FEW = 1_000;

    private static final ProduceSettings AT_LEAST_ONCE = new ProduceSettings(Delivery.AT_LEAST_ONCE, null);

    @TempDir
    Path folder;

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
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
    void withoutTransactionsTargetOffsetsAreTheSourceOffsets() throws Exception {
        backUp(20_000);

        RestoreReport report = restore("same-offsets", AT_LEAST_ONCE, RestoreJob::build);

        assertThat(report.records()).isEqualTo(PARTITIONS * 20_000L);
        assertThat(report.delivery()).isEqualTo(new DeliveryReport(Delivery.AT_LEAST_ONCE, false, 0L));
        OffsetMap map = map("same-offsets");
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(readBack("same-offsets", partition)).hasSize(20_000);
            assertThat(map.runs(orders.partition(partition)))
                    .singleElement()
                    .satisfies(run -> assertThat(run.targetOffset()).isEqualTo(run.sourceOffset()));
        }
    }

    @Test
    void afterFailuresWithoutTransactionsNothingIsMissingAndTheMapLeadsToEveryRecord() throws Exception {
        backUp(150_000);
        FailingMap.reset();

        RestoreReport report = restore("repeated", AT_LEAST_ONCE, (environment, config, plan, attempt) -> {
            RestoreJob.configure(environment, config, plan);
            RestoreJob.sink(
                    RestoreJob.source(environment, config, attempt)
                            .map(new FailingMap(100_000))
                            .returns(RestoreRecordType.INSTANCE)
                            .name("fails twice")
                            .uid("fails-twice"),
                    config,
                    attempt);
        });

        assertThat(FailingMap.failedBetweenCheckpoints()).isTrue();
        OffsetMap map = map("repeated");
        assertThat(map.records()).isEqualTo(PARTITIONS * 150_000L);
        long inTheTarget = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Map<Long, String> byOffset = new HashMap<>();
            readBack("repeated", partition).forEach(record -> byOffset.put(record.offset(), text(record.key())));
            inTheTarget += byOffset.size();
            for (long offset = 0; offset < 150_000; offset++) {
                long target = map.target(orders.partition(partition), offset).orElseThrow();
                assertThat(byOffset.get(target)).isEqualTo("key " + offset);
            }
        }
        // a failure right behind a checkpoint repeats nothing: what was not sent by then is dropped with the producer
        long repeated = inTheTarget - PARTITIONS * 150_000L;
        assertThat(report.delivery())
                .as("what the report says")
                .isEqualTo(new DeliveryReport(Delivery.AT_LEAST_ONCE, repeated > 0, repeated));
    }

    @Test
    void theWholeJobIsNoFasterThanTheLimit() throws Exception {
        backUp(FEW);
        long bytes = 0;
        for (long offset = 0; offset < FEW; offset++) {
            bytes += PARTITIONS * BackupFixture.record(offset, 0).payloadBytes();
        }
        AtomicLong firstNanos = new AtomicLong();
        RecordHook.at(1, () -> firstNanos.set(System.nanoTime()));

        RestoreReport report = restore(
                "limited",
                new ProduceSettings(Delivery.EXACTLY_ONCE, bytes / 3),
                (environment, config, plan, attempt) -> {
                    RestoreJob.configure(environment, config, plan);
                    RestoreJob.sink(
                            RestoreJob.source(environment, config, attempt)
                                    .map(new RecordHook())
                                    .returns(RestoreRecordType.INSTANCE)
                                    .name("hook")
                                    .uid("hook"),
                            config,
                            attempt);
                });

        assertThat(report.records()).isEqualTo(PARTITIONS * FEW);
        assertThat(Duration.ofNanos(RecordHook.lastNanos() - firstNanos.get()))
                .as("from the first to the last record: three times as many bytes as are allowed in a second")
                .isGreaterThan(Duration.ofMillis(2_500));
    }

    private void backUp(int records) throws IOException {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<SegmentRecord> all = new ArrayList<>();
            for (long offset = 0; offset < records; offset++) {
                all.add(BackupFixture.record(offset, 1_700_000_000_000L + offset));
            }
            backup.segment(orders.partition(partition), 0, records, all);
        }
        backup.metadata(orders, PARTITIONS, Map.of(), Instant.EPOCH);
    }

    private RestoreReport restore(String id, ProduceSettings produce, Job job) throws Exception {
        RestoreConfig config = new RestoreConfig(
                backup.location(),
                new KafkaConnection(BROKER.bootstrapServers(), Map.of()),
                id,
                2,
                Duration.ofMillis(100),
                produce);
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.prepare(restore.plan(List.of(RestoreSelection.of(orders.name(), id))));
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            job.build(environment, config, plan, restore.attempt());
            Instant startedAt = Instant.now();
            environment.execute();
            return restore.finish(plan, startedAt);
        }
    }

    private OffsetMap map(String id) throws IOException {
        return new OffsetMapStore(backup.storage(), BackupLayout.restore(id)).read();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<byte[], byte[]>> readBack(String topic, int number) {
        TopicPartition partition = new TopicPartition(topic, number);
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
        void build(StreamExecutionEnvironment environment, RestoreConfig config, RestorePlan plan, AttemptId attempt);
    }
}
