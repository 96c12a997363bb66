// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.check.Check;
import dev.kafkabackup.restore.check.TargetOptions;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.record.RestoreRecordType;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.restore.source.SegmentSource;
import dev.kafkabackup.restore.verify.ComparisonProgress;
import dev.kafkabackup.restore.verify.RestoredTopics;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Restores that do not come to a good end say so, and do not look like those that do. */
@Timeout(120)
class RestoreInTroubleIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aJobThatIsStoppedWithASavepointIsToldApartFromOneThatIsDone() throws Exception {
        try (RandomBackup backup = smallBackup()) {
            try (Restore restore = Restore.open(slowly(backup.config("stopped", 2)))) {
                RestorePlan plan = restore.prepare(restore.plan(backup.into("stopped")));
                JobClient job = environment(restore, plan).executeAsync();
                await("records in the target").atMost(PATIENCE).until(() -> backup.committed("stopped") > 0);
                job.stopWithSavepoint(false, folder.resolve("savepoint").toString(), SavepointFormatType.CANONICAL)
                        .get();

                assertThat(stillReading(job.getJobExecutionResult().get())).isBetween(1.0, 2.0);
                assertThat(backup.committed("stopped")).isLessThan(backup.count());
            }
            try (Restore restore = Restore.open(backup.config("stopped", 2))) {
                RestorePlan plan = restore.begun().orElseThrow();
                restore.resume(plan);

                assertThat(stillReading(environment(restore, plan).execute())).isZero();
                restore.finish(plan, Instant.now());
            }
            backup.requireExact("stopped", "stopped");
        }
    }

    private static double stillReading(JobExecutionResult result) {
        return result.<Double>getAccumulatorResult(SegmentSource.STILL_READING);
    }

    @Test
    void aTargetThatIsCreatedAgainMeanwhileIsNoRestoredTopic() throws Exception {
        try (RandomBackup backup = smallBackup();
                Restore restore = Restore.open(slowly(backup.config("replaced", 1)))) {
            RestorePlan plan = restore.prepare(restore.plan(backup.into("replaced")));
            RecordHook.at((int) backup.count() / 2, () -> {
                BROKER.deleteTopic("replaced");
                BROKER.createTopic("replaced", RandomBackup.PARTITIONS);
            });
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            RestoreJob.configure(environment, restore.config(), plan);
            RestoreJob.sink(
                    RestoreJob.source(environment, restore.config(), restore.attempt())
                            .map(new RecordHook())
                            .returns(RestoreRecordType.INSTANCE)
                            .name("hook")
                            .uid("hook"),
                    restore.config(),
                    restore.attempt());
            environment.execute();

            assertThat(RecordHook.wasCalled()).isTrue();
            assertThat(backup.committed("replaced")).isLessThan(backup.count());
            assertThatThrownBy(() -> restore.finish(plan, Instant.now()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith("Restore replaced went to topic replaced (")
                    .hasMessageContaining("which was deleted and created again since (now it is ");
            assertThat(restore.finished()).isEmpty();
        }
    }

    @Test
    void aRecordThatTheTargetRefusesEndsTheJobAtOnceAndIsNamed() throws Exception {
        TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
        try (BackupFixture backup = new BackupFixture(folder);
                Restore restore = Restore.open(config(backup, "too-large"))) {
            List<SegmentRecord> records = new ArrayList<>(random(0, 10, 100));
            records.addAll(random(10, 1, 300_000));
            records.addAll(random(11, 10, 100));
            backup.segment(orders.partition(0), 0, records.size(), records);
            backup.metadata(orders, 1, Map.of(), Instant.EPOCH);
            BROKER.createTopic("too-large", 1, Map.of("max.message.bytes", "100000"));
            RestorePlan plan = restore.prepare(
                    restore.plan(List.of(RestoreSelection.of("orders", "too-large"))),
                    TargetOptions.DEFAULT.allowing(Check.MESSAGE_SIZE));

            assertThatThrownBy(() -> environment(restore, plan).execute())
                    .hasStackTraceContaining("JobMaster")
                    .hasStackTraceContaining(
                            "Restore too-large: the record at offset 10 of %s:orders-0 was not accepted by too-large-0: The request included a message larger than the max message size the server will accept.; let the target accept it (max.message.bytes, message.timestamp.*, cleanup.policy), then start it again with --restore-id too-large"
                                    .formatted(orders.id()))
                    .hasStackTraceContaining("SuppressRestartsException");
        }
    }

    @Test
    void ofManyRecordsInOneRequestTheOneIsNamedThatTheTargetRefuses() throws Exception {
        TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
        try (BackupFixture backup = new BackupFixture(folder);
                Restore restore = Restore.open(config(backup, "compacted"))) {
            List<SegmentRecord> records = new ArrayList<>(keyed(random(0, 500, 100)));
            records.addAll(random(500, 1, 100));
            records.addAll(keyed(random(501, 500, 100)));
            backup.segment(orders.partition(0), 0, records.size(), records);
            backup.metadata(orders, 1, Map.of(), Instant.EPOCH);
            BROKER.createTopic("compacted", 1, Map.of("cleanup.policy", "compact"));
            RestorePlan plan = restore.prepare(
                    restore.plan(List.of(RestoreSelection.of("orders", "compacted"))),
                    TargetOptions.DEFAULT.allowing(Check.COMPACTION));

            assertThatThrownBy(() -> environment(restore, plan).execute())
                    .hasStackTraceContaining(
                            "Restore compacted: the record at offset 500 of %s:orders-0 was not accepted by compacted-0: Compacted topic cannot accept message without key"
                                    .formatted(orders.id()))
                    .hasStackTraceContaining("SuppressRestartsException");
        }
    }

    @Test
    void aRecordThatTheProducerDoesNotEvenSendIsNamedAndNoneThatIsOnItsWay() throws Exception {
        TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
        try (BackupFixture backup = new BackupFixture(folder);
                Restore restore =
                        Restore.open(config(backup, "too-large-to-send", Map.of("max.request.size", "200000")))) {
            List<SegmentRecord> records = new ArrayList<>(random(0, 10, 100));
            records.addAll(random(10, 1, 300_000));
            records.addAll(random(11, 10, 100));
            backup.segment(orders.partition(0), 0, records.size(), records);
            backup.metadata(orders, 1, Map.of(), Instant.EPOCH);
            RestorePlan plan =
                    restore.prepare(restore.plan(List.of(RestoreSelection.of("orders", "too-large-to-send"))));

            assertThatThrownBy(() -> environment(restore, plan).execute())
                    .hasStackTraceContaining(
                            "Restore too-large-to-send: the record at offset 10 of %s:orders-0 was not accepted by too-large-to-send-0: The message is "
                                    .formatted(orders.id()))
                    .hasStackTraceContaining("SuppressRestartsException");
        }
    }

    @Test
    void aTargetThatAcceptsOnlySmallBatchesGetsEveryRecordOnce() throws Exception {
        TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
        try (BackupFixture backup = new BackupFixture(folder);
                Restore restore = Restore.open(config(backup, "small-batches"))) {
            List<SegmentRecord> records = random(0, 5_000, 1_000);
            backup.segment(orders.partition(0), 0, records.size(), records);
            backup.metadata(orders, 1, Map.of("max.message.bytes", "20000"), Instant.EPOCH);
            BROKER.createTopic("small-batches", 1, Map.of("max.message.bytes", "20000"));
            RestorePlan plan = restore.prepare(restore.plan(List.of(RestoreSelection.of("orders", "small-batches"))));

            environment(restore, plan).execute();

            assertThat(restore.finish(plan, Instant.now()).records()).isEqualTo(records.size());
            assertThat(new RestoredTopics(backup.location(), restore.config().kafka(), 1)
                            .compare("small-batches", new ComparisonProgress()))
                    .singleElement()
                    .satisfies(partition -> {
                        assertThat(partition.difference()).isEmpty();
                        assertThat(partition.records()).isEqualTo(records.size());
                    });
        }
    }

    private RandomBackup smallBackup() throws IOException {
        return new RandomBackup(BROKER.bootstrapServers(), folder).with(RandomRecords.small(), 2_000);
    }

    private static RestoreConfig slowly(RestoreConfig config) {
        return new RestoreConfig(
                config.storage(),
                config.kafka(),
                config.restoreId(),
                config.parallelism(),
                config.checkpointInterval(),
                new ProduceSettings(Delivery.EXACTLY_ONCE, 400_000L));
    }

    private static RestoreConfig config(BackupFixture backup, String restoreId) {
        return config(backup, restoreId, Map.of());
    }

    private static RestoreConfig config(BackupFixture backup, String restoreId, Map<String, String> client) {
        return new RestoreConfig(
                backup.location(),
                new KafkaConnection(BROKER.bootstrapServers(), client),
                restoreId,
                1,
                Duration.ofMillis(100));
    }

    private static StreamExecutionEnvironment environment(Restore restore, RestorePlan plan) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        restore.build(environment, plan);
        return environment;
    }

    private static List<SegmentRecord> keyed(List<SegmentRecord> records) {
        return records.stream()
                .map(record -> new SegmentRecord(
                        record.offset(),
                        record.timestamp(),
                        record.timestampType(),
                        record.leaderEpoch(),
                        new byte[] {1},
                        record.value(),
                        record.headers()))
                .toList();
    }

    /** Records that cannot be compressed. */
    private static List<SegmentRecord> random(long firstOffset, int count, int valueBytes) {
        SplittableRandom random = new SplittableRandom(firstOffset);
        List<SegmentRecord> records = new ArrayList<>();
        for (long offset = firstOffset; offset < firstOffset + count; offset++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            records.add(new SegmentRecord(
                    offset,
                    Instant.now().toEpochMilli(),
                    TimestampType.CREATE_TIME,
                    0,
                    null,
                    value,
                    new RecordHeaders()));
        }
        return records;
    }
}
