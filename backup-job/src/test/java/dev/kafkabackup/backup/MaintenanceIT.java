// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.maintenance.MaintenanceOptions;
import dev.kafkabackup.retention.MaintenanceOutcome;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka removes leaves the backup, later, while the job runs. */
@Timeout(120)
class MaintenanceIT {

    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension()
            .with("log.initial.task.delay.ms", "200")
            .with("log.retention.check.interval.ms", "200");

    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster(METRICS);

    @TempDir
    private Path folder;

    private TestBackup backup;
    private final ProducedLog log = new ProducedLog();

    @BeforeEach
    void backUpIntoTheFolder() {
        backup = new TestBackup(BROKER, folder)
                .with(MaintenanceOptions.INTERVAL, Duration.ofMillis(200))
                .with(MaintenanceOptions.RETENTION_GRACE, GRACE.toMillis() + " ms")
                .with(MaintenanceOptions.DELETED_TOPIC_GRACE, GRACE.toMillis() + " ms");
    }

    @Test
    void whatRetentionTakesOutOfKafkaLeavesTheBackupAfterTheGraceAndTheRestStays() throws Exception {
        Uuid id = BROKER.createTopic("short", 1, Map.of("segment.ms", "100"));
        TopicIdPartition partition = new TopicIdPartition(id, 0, "short");
        try (RunningBackup job = backup.with(BackupOptions.INCLUDE, "short").start()) {
            for (int round = 0; round < 4; round++) {
                // of some years ago
                Produce.to(BROKER, log, "short", 1, 100);
                backup.awaitCovered(log, "short", id);
            }
            produceNow("short", 50);
            backup.awaitCovered(log, "short", id);
            assertThat(backup.ranges(partition)).hasSizeGreaterThan(4);

            Instant before = Instant.now();
            keepRecordsFor("short", Duration.ofHours(1));
            await().atMost(PATIENCE).until(() -> logStartOffset("short") > 300);
            long logStart = logStartOffset("short");
            await().atMost(PATIENCE).until(() -> backup.coverage(partition).startOffset() > 0);
            assertThat(Duration.between(before, Instant.now())).isGreaterThanOrEqualTo(GRACE);
            await().atMost(PATIENCE)
                    .until(() -> backup.segments(partition).segments().stream()
                            .noneMatch(segment -> segment.name().range().endOffset() <= logStart));

            long left = backup.coverage(partition).startOffset();
            assertThat(left).as("what is partly expired stays").isLessThanOrEqualTo(logStart);
            assertThat(backup.records(partition))
                    .containsExactlyElementsOf(
                            log.records(partition).tailMap(left).values());
            assertThat(new RetentionStore(backup.storage())
                            .read(TopicIncarnation.of(partition))
                            .state()
                            .partition(0)
                            .expiredUpTo())
                    .isEqualTo(left);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
    }

    @Test
    void aDeletedTopicIsThereUntilItsGraceEndsAndThenIsATombstone() throws Exception {
        Uuid oldId = BROKER.createTopic("again", 2);
        Produce.to(BROKER, log, "again", 2, 200);
        TopicIncarnation old = new TopicIncarnation("again", oldId);
        try (RunningBackup job = backup.with(BackupOptions.INCLUDE, "again").start()) {
            backup.awaitCovered(log, "again", oldId);
            Instant before = Instant.now();
            BROKER.deleteTopic("again");
            Uuid newId = BROKER.createTopic("again", 1);
            Produce.to(BROKER, log, "again", 1, 100);
            backup.awaitCovered(log, "again", newId);

            await().atMost(PATIENCE)
                    .until(() -> backup.segments(old.partition(0)).segments().isEmpty());
            assertThat(Duration.between(before, Instant.now())).isGreaterThanOrEqualTo(GRACE);
            await().atMost(PATIENCE)
                    .until(() -> backup.segments(old.partition(1)).segments().isEmpty());
            assertThat(new TopicMetadataStore(backup.storage()).latest(old))
                    .get()
                    .extracting(TopicMetadata::state)
                    .isEqualTo(TopicState.DELETED);
            backup.assertComplete(log, "again", newId);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
    }

    @Test
    void whenMostTopicsVanishTheirBackupStaysUntilThatIsConfirmed() throws Exception {
        List<TopicIncarnation> topics = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String name = "many-" + i;
            topics.add(new TopicIncarnation(name, BROKER.createTopic(name, 1)));
            Produce.to(BROKER, log, name, 1, 10);
        }
        try (RunningBackup job = backup.with(BackupOptions.INCLUDE, "many-.*").start()) {
            for (TopicIncarnation topic : topics) {
                backup.awaitCovered(log, topic.name(), topic.id());
            }
            List<TopicIncarnation> gone = topics.subList(0, 9);
            gone.forEach(topic -> BROKER.deleteTopic(topic.name()));
            await().atMost(PATIENCE)
                    .until(() -> MaintenanceOutcome.last(backup.storage()).stream()
                            .flatMap(outcome -> outcome.refusals().stream())
                            .anyMatch(refusal -> refusal.contains("9 topics") && refusal.contains("vanished")));
            await().atMost(PATIENCE).until(() -> refusals(job) == 1);
            RetentionStore retention = new RetentionStore(backup.storage());
            await("the grace to end")
                    .atMost(PATIENCE)
                    .until(() -> retention
                                    .read(gone.get(8))
                                    .state()
                                    .gone()
                                    .watchedAtLeast(1)
                                    .compareTo(GRACE)
                            >= 0);
            for (TopicIncarnation topic : gone) {
                assertThat(backup.records(topic.partition(0))).hasSize(10);
            }

            for (TopicIncarnation topic : gone) {
                retention.confirmDeletion(topic, Instant.now());
            }
            for (TopicIncarnation topic : gone) {
                await().atMost(PATIENCE)
                        .until(() ->
                                backup.segments(topic.partition(0)).segments().isEmpty());
            }
            assertThat(backup.records(topics.get(9).partition(0))).hasSize(10);
            assertThat(new Catalog(backup.storage()).topics()).hasSize(10);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
    }

    private static int refusals(RunningBackup job) {
        return METRICS.findMetrics(job.id(), ".*Maintenance.*refusals").values().stream()
                .mapToInt(metric -> (Integer) ((Gauge<?>) metric).getValue())
                .sum();
    }

    @Test
    void aMaintenanceThatFailsAtEveryCallCostsTheBackupNothing() throws Exception {
        Uuid id = BROKER.createTopic("unmaintained", 2);
        // what it writes first in each cycle, and what it reads of each topic, cannot be there
        Path probes = Files.writeString(folder.resolve("maintenance"), "in the way");
        Path retention = folder.resolve("topics/topic=unmaintained/id=" + id + "/retention");
        Files.createDirectories(retention.getParent());
        Files.writeString(retention, "in the way");
        try (RunningBackup job =
                backup.with(BackupOptions.INCLUDE, "unmaintained").start()) {
            for (int round = 0; round < 3; round++) {
                Produce.to(BROKER, log, "unmaintained", 2, 100);
                backup.awaitCovered(log, "unmaintained", id);
            }
            await().atMost(PATIENCE).until(() -> maintenance(job, "failures") > 5);
            assertThat(maintenance(job, "cycles")).isZero();

            Files.delete(probes);
            await().atMost(PATIENCE).until(() -> maintenance(job, "cycles") > 5);
            assertThat(MaintenanceOutcome.last(backup.storage()))
                    .get()
                    .satisfies(
                            outcome -> assertThat(outcome.failures()).anyMatch(line -> line.contains("unmaintained")));
            Produce.to(BROKER, log, "unmaintained", 2, 100);
            backup.awaitCovered(log, "unmaintained", id);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        backup.assertComplete(log, "unmaintained", id);
        backup.assertEachOffsetInOneSegment(log, "unmaintained", id);
    }

    private static long maintenance(RunningBackup job, String counter) {
        return job.counters(METRICS, counter).entrySet().stream()
                .filter(metric -> metric.getKey().contains("Maintenance"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private void produceNow(String topic, int count) {
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), log)) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(
                        topic, 0, System.currentTimeMillis(), null, ("now " + i).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static void keepRecordsFor(String topic, Duration retention) throws Exception {
        BROKER.admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("retention.ms", Long.toString(retention.toMillis())),
                                AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private static long logStartOffset(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return BROKER.admin()
                .listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }
}
