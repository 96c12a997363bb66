// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.SteadyLoad;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the metrics and the committed offsets say about the lag lies between what listing and broker say before and
 * after; both are looked at with nothing of the job's.
 */
@Timeout(120)
class DurableLagIT {

    /** More than a checkpoint waits for a storage that is away, in which the writer learns nothing. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final InMemoryReporter METRICS = InMemoryReporter.create();

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster(METRICS);

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @Test
    void theLagIsBetweenTheOneBeforeAndTheOneAfterUnderLoadWithPausedStorageAndAfterARestart() throws Exception {
        Uuid id = BROKER.createTopic("load", 2);
        TestBackup backup = backup("load");
        try (SteadyLoad load = SteadyLoad.start(BROKER.bootstrapServers(), log, "load", 500, RandomRecords.seeded())) {
            try (RunningBackup job = backup.start()) {
                for (int partition = 0; partition < 2; partition++) {
                    assertBetween(backup, job, new TopicIdPartition(id, partition, "load"), 2);
                }
                pauseStorage();
                long sent = load.sentCount();
                await().atMost(PATIENCE).until(() -> load.sentCount() > sent + 200);
                for (int partition = 0; partition < 2; partition++) {
                    TopicIdPartition paused = new TopicIdPartition(id, partition, "load");
                    assertBetween(new TestBackup(BROKER, folder.resolve("away")), job, paused, 1);
                    long records = records(job, paused);
                    assertThat(records)
                            .as("lag of %s with paused storage", paused)
                            .isPositive();
                    await().atMost(PATIENCE)
                            .until(() -> records(job, paused) > records + 50 && seconds(job, paused) > 1);
                    assertThat(load.sentCount()).isGreaterThanOrEqualTo(records(job, paused));
                }
                resumeStorage();
                assertBetween(backup, job, new TopicIdPartition(id, 0, "load"), 1);
            }
            try (RunningBackup job = backup.start()) {
                assertBetween(backup, job, new TopicIdPartition(id, 1, "load"), 1);
                load.stop();
                for (int partition = 0; partition < 2; partition++) {
                    TopicIdPartition idle = new TopicIdPartition(id, partition, "load");
                    long end = lastStableOffset(idle.topicPartition());
                    await().atMost(PATIENCE)
                            .until(() -> records(job, idle) == 0 && committed("kafka-backup", idle) == end);
                    assertThat(seconds(job, idle)).isZero();
                }
                assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
            }
        }
        assertThat(backup.coverage(new TopicIdPartition(id, 0, "load")).firstUncovered(0))
                .isEqualTo(committed("kafka-backup", new TopicIdPartition(id, 0, "load")));
    }

    @Test
    void anOpenTransactionHoldsTheLastStableOffsetAndIsNoLagUntilItIsCommitted() throws Exception {
        Uuid id = BROKER.createTopic("open", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "open");
        Produce.to(BROKER, log, "open", 1, 20);
        TestBackup backup = backup("open");
        try (RunningBackup job = backup.start();
                KafkaProducer<byte[], byte[]> producer = transactional()) {
            backup.awaitCovered(partition, 20);
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("open", 0, null, new byte[10]))
                        .get();
            }
            measuredAgain(job);
            assertThat(lastStableOffset(partition.topicPartition())).isEqualTo(20);
            assertThat(records(job, partition)).isZero();
            assertThat(committed("kafka-backup", partition)).isEqualTo(20);

            pauseStorage();
            producer.commitTransaction();
            await().atMost(PATIENCE).until(() -> records(job, partition) == 11);
            resumeStorage();
            // the marker at the end is covered by the same segment or waits for one, and is nothing that could be lost
            await().atMost(PATIENCE)
                    .until(() -> records(job, partition) == 0 && committed("kafka-backup", partition) == 31);

            producer.beginTransaction();
            producer.send(new ProducerRecord<>("open", 0, null, new byte[10])).get();
            producer.abortTransaction();
            await().atMost(PATIENCE).until(() -> lastStableOffset(partition.topicPartition()) == 33);
            await().atMost(PATIENCE).until(() -> committed("kafka-backup", partition) == 33);
            assertThat(records(job, partition)).isZero();
        }
    }

    @Test
    void aJobThatFindsEverythingCoveredHasNoLagAtOnceAndCommitsWithoutReading() throws Exception {
        Uuid id = BROKER.createTopic("covered", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "covered");
        Produce.to(BROKER, log, "covered", 1, 40);
        TestBackup backup = backup("covered");
        backup.runOnce();
        assertThat(committed("kafka-backup", partition))
                .as("committed before the end of --once")
                .isEqualTo(40);

        backup.with(BackupOptions.GROUP_ID, "another-group");
        try (RunningBackup job = backup.start()) {
            await().atMost(PATIENCE).until(() -> committed("another-group", partition) == 40);
            assertThat(records(job, partition)).isZero();
        }
    }

    @Test
    void aGroupThatIsInUseRefusesTheCommitsAndTheBackupGoesOn() throws Exception {
        Uuid id = BROKER.createTopic("in-use", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "in-use");
        TestBackup backup = backup("in-use").with(BackupOptions.GROUP_ID, "busy");
        try (KafkaConsumer<byte[], byte[]> member = member("busy", "in-use")) {
            await().atMost(PATIENCE).until(() -> {
                member.poll(Duration.ofMillis(100));
                return !member.assignment().isEmpty();
            });
            Produce.to(BROKER, log, "in-use", 1, 30);
            try (RunningBackup job = backup.start()) {
                await().atMost(PATIENCE).until(() -> job.counter(METRICS, "offsetCommitFailures") > 0);
                Produce.to(BROKER, log, "in-use", 1, 30);
                backup.awaitCovered(partition, 60);
                await().atMost(PATIENCE).until(() -> records(job, partition) == 0);
                assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
            }
        }
        assertThat(committed("busy", partition)).isEqualTo(-1);
    }

    @Test
    void aDeletedTopicLeavesTheLagAndTheNextIncarnationOfItsNameBeginsAnew() throws Exception {
        Uuid id = BROKER.createTopic("again", 1);
        // a checkpoint would wait for the storage
        TestBackup backup = backup("again").with(BackupOptions.CHECKPOINT_INTERVAL, Duration.ofHours(1));
        Produce.to(BROKER, log, "again", 1, 50);
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(new TopicIdPartition(id, 0, "again"), 50);
            pauseStorage();
            Produce.to(BROKER, log, "again", 1, 30);
            await().atMost(PATIENCE).until(() -> records(job, new TopicIdPartition(id, 0, "again")) == 30);
            BROKER.deleteTopic("again");
            await().atMost(PATIENCE).until(() -> records(job, new TopicIdPartition(id, 0, "again")) == 0);
            resumeStorage();
            Uuid next = BROKER.createTopic("again", 1);
            TopicIdPartition partition = new TopicIdPartition(next, 0, "again");
            Produce.to(BROKER, log, "again", 1, 7);
            backup.awaitCovered(partition, 7);
            await().atMost(PATIENCE)
                    .until(() -> committed("kafka-backup", partition) == 7 && records(job, partition) == 0);
        }
    }

    private TestBackup backup(String topic) {
        return new TestBackup(BROKER, folder)
                .with(BackupOptions.INCLUDE, topic)
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(300));
    }

    /** Compares what the metrics say of a measurement with what was true before and after it. */
    private void assertBetween(TestBackup backup, RunningBackup job, TopicIdPartition partition, int times)
            throws Exception {
        await().atMost(PATIENCE).until(() -> durableOffset(job, partition) >= 0);
        for (int i = 0; i < times; i++) {
            long durableBefore = backup.coverage(partition).firstUncovered(0);
            long lastStableBefore = lastStableOffset(partition.topicPartition());
            measuredAgain(job);
            long lag = records(job, partition);
            long durable = durableOffset(job, partition);
            long committed = committed("kafka-backup", partition);
            long lastStableAfter = lastStableOffset(partition.topicPartition());
            long durableAfter = backup.coverage(partition).firstUncovered(0);
            assertThat(lag)
                    .as("lag of %s", partition)
                    .isBetween(Math.max(0, lastStableBefore - durableAfter), lastStableAfter - durableBefore);
            assertThat(durable).as("durable offset of %s", partition).isBetween(durableBefore, durableAfter);
            assertThat(committed).as("committed offset of %s", partition).isBetween(durableBefore, durableAfter);
        }
    }

    /** Waits until each subtask that watches has asked Kafka, and committed, from beginning to end. */
    private static void measuredAgain(RunningBackup job) {
        Map<String, Long> before = measurements(job);
        await().atMost(PATIENCE)
                .until(() -> !before.isEmpty()
                        && measurements(job).entrySet().stream()
                                .allMatch(now -> now.getValue() == 0
                                        || now.getValue() >= before.getOrDefault(now.getKey(), 0L) + 2));
    }

    private static Map<String, Long> measurements(RunningBackup job) {
        return job.counters(METRICS, "lagMeasurements");
    }

    private static long records(RunningBackup job, TopicIdPartition partition) {
        return (long) gauge(job, partition, "durableLagRecords", 0);
    }

    private static double seconds(RunningBackup job, TopicIdPartition partition) {
        return gauge(job, partition, "durableLagSeconds", 0);
    }

    private static long durableOffset(RunningBackup job, TopicIdPartition partition) {
        return (long) gauge(job, partition, "durableOffset", -1);
    }

    private static double gauge(RunningBackup job, TopicIdPartition partition, String name, double missing) {
        String id =
                ".*" + Pattern.quote("topic." + partition.topic() + ".partition." + partition.partition() + "." + name);
        return METRICS.findMetrics(job.id(), id).values().stream()
                .filter(Gauge.class::isInstance)
                .mapToDouble(metric -> ((Number) ((Gauge<?>) metric).getValue()).doubleValue())
                .max()
                .orElse(missing);
    }

    private static long lastStableOffset(TopicPartition partition) throws ExecutionException, InterruptedException {
        return BROKER.admin()
                .listOffsets(
                        Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private static long committed(String group, TopicIdPartition partition)
            throws ExecutionException, InterruptedException {
        OffsetAndMetadata offset = BROKER.admin()
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(partition.topicPartition());
        return offset == null ? -1 : offset.offset();
    }

    private static KafkaProducer<byte[], byte[]> transactional() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "transactional.id", "open"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> member(String group, String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        BROKER.bootstrapServers(),
                        "group.id",
                        group,
                        "enable.auto.commit",
                        "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    /** What was stored up to now can be listed in the folder "away". */
    private void pauseStorage() throws Exception {
        Files.move(
                folder.resolve("topics"),
                Files.createDirectories(folder.resolve("away")).resolve("topics"));
        Files.writeString(folder.resolve("topics"), "in the way");
    }

    private void resumeStorage() throws Exception {
        Files.delete(folder.resolve("topics"));
        Files.move(folder.resolve("away/topics"), folder.resolve("topics"));
    }
}
