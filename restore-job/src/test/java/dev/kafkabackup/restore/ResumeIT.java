// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.restore.TroubleMap.Moment;
import dev.kafkabackup.restore.TroubleMap.Trouble;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.record.RestoreRecordType;
import dev.kafkabackup.restore.report.DeliveryReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.resume.Progress;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.restore.sink.RestoreTransactions;
import dev.kafkabackup.restore.verify.ComparisonProgress;
import dev.kafkabackup.restore.verify.RestoredTopics;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.OpenTransactions;
import dev.kafkabackup.testing.RandomRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A restore that ends in the middle goes on from what the target holds, with nothing but bucket and broker left. */
@Timeout(120)
class ResumeIT {

    @RegisterExtension
    static final BrokerExtension BROKER =
            new BrokerExtension().with("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200");

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(4)
            .build());

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARALLELISM = 2;

    /** So slow that a few transactions are committed long before all records are produced. */
    private static final long SLOW_BYTES_PER_SECOND = 400_000;

    /** Of the job that is held; static, because its tasks come to it from within Flink. */
    private static CountDownLatch held;

    private static CountDownLatch released;

    private static RandomBackup backup;

    @BeforeAll
    static void openBackup(@TempDir Path folder) throws IOException {
        backup = new RandomBackup(BROKER.bootstrapServers(), folder).with(RandomRecords.small(), 4_000);
    }

    @AfterAll
    static void closeBackup() {
        backup.close();
    }

    @BeforeEach
    void reset() {
        TroubleMap.reset();
        held = new CountDownLatch(1);
        released = new CountDownLatch(1);
    }

    @AfterEach
    void release() {
        released.countDown();
    }

    @Test
    void goesOnBehindWhatIsInTheTargetAndWritesTheMapOfThatAnew() throws Exception {
        RestoreConfig config = backup.config("interrupted", PARALLELISM);
        interrupt(config, "interrupted");
        long committed = backup.committed("interrupted");
        assertThat(committed).as("committed before the end").isBetween(1L, backup.count() - 1);
        removeOffsetMap(config.restoreId());

        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.begun().orElseThrow();
            assertThat(restore.finished()).isEmpty();
            assertThat(restore.resume(plan)).isEqualTo(new Progress(committed, false));
            assertThat(backup.offsetMap(config.restoreId()).records())
                    .as("map of what was there")
                    .isEqualTo(committed);
            execute(restore, plan);
            restore.finish(plan, Instant.now());
            assertThat(restore.finished()).isPresent();
        }
        backup.requireExact(config.restoreId(), "interrupted");
    }

    @Test
    void thatLacksOnlyItsMapAndReportNeedsNoJobAnyMore() throws Exception {
        RestoreConfig config = backup.config("without-report", PARALLELISM);
        try (Restore restore = Restore.open(config)) {
            execute(restore, restore.prepare(restore.plan(backup.into("without-report"))));
        }
        removeOffsetMap(config.restoreId());
        Instant resumedAt = Instant.now();

        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.begun().orElseThrow();
            assertThat(restore.resume(plan)).isEqualTo(new Progress(backup.count(), true));
            assertThat(restore.finish(plan, Instant.now()).startedAt())
                    .as("when the attempt was begun that has produced it all")
                    .isBefore(resumedAt);
        }
        backup.requireExact(config.restoreId(), "without-report");
    }

    @Test
    void aTransactionThatTimedOutEndsTheRunForGoodAndTheNextOneGoesOnFromTheTarget() throws Exception {
        RestoreConfig config = backup.config("timed-out", 1, Map.of("transaction.timeout.ms", "4000"));
        String bootstrapServers = BROKER.bootstrapServers();
        List<Exception> failures = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();

        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.prepare(restore.plan(backup.into("timed-out")));
            boolean ended = restore.run(
                    plan,
                    () -> {
                        try {
                            if (failures.isEmpty()) {
                                environment(
                                                restore,
                                                plan,
                                                Moment.BEFORE_COMMIT,
                                                () -> awaitTimeOut(bootstrapServers, "timed-out"))
                                        .execute();
                            } else {
                                execute(restore, plan);
                            }
                        } catch (Exception e) {
                            starts.add(TroubleMap.starts());
                            failures.add(e);
                            throw e;
                        }
                        return true;
                    },
                    notes::add);
            assertThat(ended).isTrue();
            restore.finish(plan, Instant.now());
        }

        assertThat(TroubleMap.wasMade()).isTrue();
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .hasStackTraceContaining("Restore timed-out: transaction kafka-backup-restore-timed-out-1-")
                        .hasStackTraceContaining("start it again with --restore-id timed-out"));
        assertThat(starts).as("starts of subtasks in the run that failed").containsExactly(1);
        assertThat(notes)
                .singleElement()
                .asString()
                .startsWith("A transaction was aborted by Kafka (transaction.timeout.ms?): going on behind the ");
        backup.requireExact(config.restoreId(), "timed-out");
    }

    /** Holds the task until the broker has aborted, by itself, what the restore had open when this was called. */
    private static void awaitTimeOut(String bootstrapServers, String restoreId) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            List<String> open = OpenTransactions.of(admin, RestoreTransactions.prefix(restoreId));
            await("the broker to abort " + open).atMost(PATIENCE).until(() -> OpenTransactions.areAborted(admin, open));
        }
    }

    @Test
    void withoutTransactionsItGoesOnBehindItsMapAndSaysWhatIsThereMoreThanOnce() throws Exception {
        String target = "at-least-once";
        RestoreConfig exactlyOnce = backup.config(target, 1);
        RestoreConfig config = new RestoreConfig(
                exactlyOnce.storage(),
                exactlyOnce.kafka(),
                target,
                1,
                exactlyOnce.checkpointInterval(),
                new ProduceSettings(Delivery.AT_LEAST_ONCE, null));
        interrupt(config, target, () -> {
            await("records that are not in the map")
                    .atMost(PATIENCE)
                    .until(() -> backup.committed("at-least-once")
                            > backup.offsetMap("at-least-once").records());
            throw new SuppressRestartsException(new IllegalStateException("The end, on purpose"));
        });
        long mapped = backup.offsetMap(target).records();
        assertThat(mapped).isBetween(1L, backup.count() - 1);

        try (Restore restore = Restore.open(exactlyOnce)) {
            RestorePlan plan = restore.begun().orElseThrow();
            assertThatThrownBy(() -> restore.resume(plan))
                    .isInstanceOf(UsageException.class)
                    .hasMessage(
                            "Restore at-least-once was begun with --delivery at-least-once: start it again like that");
        }
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.begun().orElseThrow();
            assertThat(restore.resume(plan)).isEqualTo(new Progress(mapped, false));
            execute(restore, plan);
            RestoreReport report = restore.finish(plan, Instant.now());
            long repeated = backup.committed(target) - backup.count();
            assertThat(repeated).isPositive();
            assertThat(report.delivery()).isEqualTo(new DeliveryReport(Delivery.AT_LEAST_ONCE, true, repeated));
        }
        assertThat(new RestoredTopics(config.storage(), config.kafka(), PARALLELISM)
                        .compare(target, new ComparisonProgress()))
                .allSatisfy(partition -> {
                    assertThat(partition.difference()).isEmpty();
                    assertThat(partition.complete()).isTrue();
                });
    }

    @ParameterizedTest
    @EnumSource
    void aRunThatWasFrozenCommitsNothingWhenItIsThawedAfterAnotherHasTakenOver(Moment moment) throws Exception {
        String target = "frozen-" + moment;
        RestoreConfig config = backup.config(target, 1);
        JobClient frozen;
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.prepare(restore.plan(backup.into(target)));
            frozen = environment(restore, plan, moment, () -> {
                        held.countDown();
                        released.await();
                    })
                    .executeAsync();
            assertThat(held.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.begun().orElseThrow();
            assertThat(restore.resume(plan).records()).isBetween(1L, backup.count() - 1);
            execute(restore, plan);
            restore.finish(plan, Instant.now());
        }
        backup.requireExact(config.restoreId(), target);

        released.countDown();
        await("the thawed run to fail")
                .atMost(PATIENCE)
                .until(() -> frozen.getJobStatus().get() == JobStatus.FAILED);
        assertThatThrownBy(() -> frozen.getJobExecutionResult().get())
                .hasStackTraceContaining(
                        moment == Moment.BEFORE_COMMIT
                                ? "was not committed and cannot be any more"
                                : "Restore " + target + " was started again meanwhile (attempt 2-");
        assertThat(OpenTransactions.of(BROKER.admin(), RestoreTransactions.prefix(target)))
                .as("transactions left open")
                .isEmpty();
        backup.requireExact(config.restoreId(), target);
    }

    @Test
    void recordsOfSomebodyElseInTheTargetAreRefused() throws Exception {
        RestoreConfig config = backup.config("foreign", PARALLELISM);
        interrupt(config, "foreign");
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("foreign", RandomBackup.EMPTY_PARTITION, null, new byte[] {1}))
                    .get();
        }

        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.begun().orElseThrow();
            assertThatThrownBy(() -> restore.resume(plan))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith(
                            "Restore foreign cannot go on: the target does not hold what it had restored, at partition 2 of foreign, target offset 0: there is a record that is not of this restore");
        }
    }

    @Test
    void aTargetThatWasCreatedAgainIsRefused() throws Exception {
        RestoreConfig config = backup.config("created-again", PARALLELISM);
        interrupt(config, "created-again");
        BROKER.deleteTopic("created-again");

        requireRefusal(config, "which was deleted since");
        BROKER.createTopic("created-again", RandomBackup.PARTITIONS);
        requireRefusal(config, "which was deleted and created again since");
    }

    private static void requireRefusal(RestoreConfig config, String message) {
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.begun().orElseThrow();
            assertThatThrownBy(() -> restore.resume(plan))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(message);
        }
    }

    @Test
    void aRestoreThatIsRunningIsNotTakenOver() throws Exception {
        RestoreConfig config = backup.config("running", PARALLELISM);
        try (Restore running = Restore.open(config);
                Restore second = Restore.open(config)) {
            RestorePlan plan = running.prepare(running.plan(backup.into("running")));

            assertThatThrownBy(() -> second.resume(plan))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith("Restore running is running");
        }
    }

    /** Begins a restore, which ends after its first commits, with an open transaction. */
    private static void interrupt(RestoreConfig config, String target) throws Exception {
        interrupt(config, target, () -> {
            throw new SuppressRestartsException(new IllegalStateException("The end, on purpose"));
        });
    }

    private static void interrupt(RestoreConfig config, String target, Trouble end) throws Exception {
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.prepare(restore.plan(backup.into(target)));
            StreamExecutionEnvironment environment = environment(restore, plan, Moment.WHILE_PRODUCING, end);
            assertThatThrownBy(environment::execute).hasStackTraceContaining("The end, on purpose");
        }
    }

    private static StreamExecutionEnvironment environment(
            Restore restore, RestorePlan plan, Moment moment, Trouble trouble) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        RestoreConfig config = restore.config();
        RestoreConfig slow = new RestoreConfig(
                config.storage(),
                config.kafka(),
                config.restoreId(),
                config.parallelism(),
                config.checkpointInterval(),
                new ProduceSettings(config.produce().delivery(), SLOW_BYTES_PER_SECOND));
        RestoreJob.configure(environment, config, plan);
        RestoreJob.sink(
                RestoreJob.source(environment, slow, restore.attempt())
                        .map(new TroubleMap(moment, trouble))
                        .returns(RestoreRecordType.INSTANCE)
                        .name("trouble")
                        .uid("trouble"),
                config,
                restore.attempt());
        return environment;
    }

    private static void execute(Restore restore, RestorePlan plan) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        restore.build(environment, plan);
        environment.execute();
    }

    private static void removeOffsetMap(String restoreId) throws IOException {
        BackupStorage storage = backup.fixture().storage();
        List<StoredObject> map = storage.list(BackupLayout.restore(restoreId) + "/offset-map");
        assertThat(map).isNotEmpty();
        for (StoredObject file : map) {
            storage.delete(file.path());
        }
    }
}
