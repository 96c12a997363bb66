// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** Kafka drops records before they are read: I4. */
@Timeout(180)
class DroppedRecordsIT {

    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension()
            .with("log.retention.check.interval.ms", "200")
            .with("log.initial.task.delay.ms", "200");

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster(METRICS);

    @RegisterExtension
    final LoggerAuditingExtension warnings =
            new LoggerAuditingExtension("dev.kafkabackup.backup.source.PartitionSplitReader", Level.WARN);

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @Test
    void recordsThatKafkaDroppedBeforeTheyWereReadAreAGapAndNoSegmentHidesIt() throws Exception {
        Uuid id = BROKER.createTopic("dropped", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "dropped");
        Produce.to(BROKER, log, "dropped", 1, 100);
        TestBackup backup = backup("dropped");
        backup.runOnce();
        Produce.to(BROKER, log, "dropped", 1, 200);
        deleteRecordsBefore("dropped", 250);

        try (RunningBackup job = backup.start()) {
            await().until(() -> backup.coverage(partition).endOffset() == 300);
            assertThatTheGapIsReported(job, partition, new OffsetRange(100, 250), 250);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        assertThatTheGapIsExact(backup, partition, new OffsetRange(100, 250));
    }

    @Test
    void recordsDroppedBetweenTwoBatchesOfOneOpenSegmentAreAGap() throws Exception {
        Uuid id = BROKER.createTopic("dropped-open", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "dropped-open");
        // neither checkpoint nor age seal anything: only the discontinuity does, and the stop
        TestBackup backup = backup("dropped-open")
                .with(BackupOptions.CHECKPOINT_INTERVAL, Duration.ofHours(1))
                .with(BackupOptions.SEGMENT_AGE, Duration.ofHours(1));
        Produce.to(BROKER, log, "dropped-open", 1, 100);
        try (RecordingProducer open = RecordingProducer.transactional(BROKER.bootstrapServers(), log, "dropped-open");
                RunningBackup job = backup.start()) {
            open.beginTransaction();
            open.send(RandomRecords.small().next("dropped-open", 0));
            open.flush();
            Produce.to(BROKER, log, "dropped-open", 1, 100);
            // the reader cannot be further than the open transaction, which is deleted with what follows
            await("everything before it to be read").until(() -> job.recordsRead(METRICS) == 100);
            deleteRecordsBefore("dropped-open", 150);
            open.commitTransaction();
            // the first batch behind the gap seals the segment before it
            backup.awaitCovered(partition, 100);
            assertThatTheGapIsReported(job, partition, new OffsetRange(100, 150), 150);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
            job.stopWithSavepoint(true, folder.resolve("savepoint"));
        }
        assertThat(backup.coverage(partition).endOffset()).isGreaterThanOrEqualTo(201);

        assertThatTheGapIsExact(backup, partition, new OffsetRange(100, 150));
    }

    @Test
    void whatRetentionTookWhileNoJobRanIsAGap() throws Exception {
        Uuid id = BROKER.createTopic("retained", 1, Map.of("segment.bytes", Integer.toString(1 << 20)));
        TopicIdPartition partition = new TopicIdPartition(id, 0, "retained");
        Produce.to(BROKER, log, "retained", 1, 100);
        TestBackup backup = backup("retained");
        backup.runOnce();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), log)) {
            for (int i = 0; i < 4_000; i++) {
                producer.send(new ProducerRecord<>("retained", new byte[1_000]));
            }
        }
        setConfig("retained", "retention.bytes", Integer.toString(1 << 20));
        await("retention to pass what is covered").until(() -> logStart("retained") > 100);
        setConfig("retained", "retention.bytes", "-1");
        long logStart = logStart("retained");

        try (RunningBackup job = backup.start()) {
            await().until(() -> backup.coverage(partition).endOffset() == 4_100);
            assertThatTheGapIsReported(job, partition, new OffsetRange(100, logStart), logStart);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        assertThat(logStart("retained")).isEqualTo(logStart);
        assertThatTheGapIsExact(backup, partition, new OffsetRange(100, logStart));
    }

    @Test
    void aGapIsReportedAlsoIfNothingFollowsIt() throws Exception {
        Uuid id = BROKER.createTopic("emptied", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "emptied");
        Produce.to(BROKER, log, "emptied", 1, 100);
        TestBackup backup = backup("emptied");
        backup.runOnce();
        Produce.to(BROKER, log, "emptied", 1, 50);
        deleteRecordsBefore("emptied", 150);

        try (RunningBackup job = backup.start()) {
            await().until(() -> !warnings.getMessages().isEmpty());
            assertThatTheGapIsReported(job, partition, new OffsetRange(100, 150), 150);
            Produce.to(BROKER, log, "emptied", 1, 50);
            await().until(() -> backup.coverage(partition).endOffset() == 200);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        assertThatTheGapIsExact(backup, partition, new OffsetRange(100, 150));
    }

    @Test
    void aTopicWhoseBeginningExpiredBeforeTheFirstBackupHasNoGap() throws Exception {
        Uuid id = BROKER.createTopic("expired", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "expired");
        Produce.to(BROKER, log, "expired", 1, 300);
        deleteRecordsBefore("expired", 120);
        TestBackup backup = backup("expired");

        backup.runOnce();

        assertThat(backup.coverage(partition).ranges()).containsExactly(new OffsetRange(120, 300));
        assertThat(gapStart(backup, partition, 120))
                .as("no segment was lost before it")
                .isZero();
        assertThat(backup.records(partition))
                .containsExactlyElementsOf(produced(partition, record -> record.offset() >= 120));
        assertThat(warnings.getMessages()).isEmpty();
    }

    @Test
    void aTopicOfWhichEverythingExpiredEndsABoundedRun() throws Exception {
        Uuid id = BROKER.createTopic("all-expired", 1);
        Produce.to(BROKER, log, "all-expired", 1, 30);
        deleteRecordsBefore("all-expired", 30);
        TestBackup backup = backup("all-expired");

        backup.runOnce();

        assertThat(backup.coverage(new TopicIdPartition(id, 0, "all-expired")).isEmpty())
                .isTrue();
        assertThat(warnings.getMessages()).isEmpty();
    }

    private TestBackup backup(String include) {
        return new TestBackup(BROKER, folder).with(BackupOptions.INCLUDE, include);
    }

    private void assertThatTheGapIsReported(
            RunningBackup job, TopicIdPartition partition, OffsetRange gap, long goesOnAt) {
        assertThat(warnings.getMessages())
                .containsExactly("Gap in %s: Kafka dropped offsets %s before they were read; reading goes on at %d"
                        .formatted(partition, gap, goesOnAt));
        assertThat(job.counter(METRICS, "gapRecords")).isEqualTo(gap.length());
    }

    private void assertThatTheGapIsExact(TestBackup backup, TopicIdPartition partition, OffsetRange gap) {
        assertThat(backup.coverage(partition).holes()).containsExactly(gap);
        assertThat(backup.ranges(partition))
                .as("no segment covers any of it")
                .allMatch(range -> range.endOffset() <= gap.startOffset() || range.startOffset() >= gap.endOffset());
        assertThat(backup.records(partition))
                .containsExactlyElementsOf(produced(partition, record -> !gap.contains(record.offset())));
        assertThat(gapStart(backup, partition, gap.endOffset()))
                .as("the segment behind the gap says that it is one")
                .isEqualTo(gap.startOffset());
    }

    private static @Nullable Long gapStart(TestBackup backup, TopicIdPartition partition, long startOffset) {
        Segment segment = backup.segments(partition).segments().stream()
                .filter(each -> each.name().range().startOffset() == startOffset)
                .findFirst()
                .orElseThrow();
        try {
            return SegmentFooter.read(
                            backup.storage(), segment.path(), segment.name().sizeBytes())
                    .metadata()
                    .gapStartOffset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<ProducedRecord> produced(TopicIdPartition partition, Predicate<ProducedRecord> condition) {
        return log.records(partition).values().stream().filter(condition).toList();
    }

    private static void deleteRecordsBefore(String topic, long offset) throws Exception {
        BROKER.admin()
                .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }

    private static void setConfig(String topic, String name, String value) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        BROKER.admin()
                .incrementalAlterConfigs(Map.of(resource, List.of(set)))
                .all()
                .get();
    }

    private static long logStart(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return BROKER.admin()
                .listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }
}
