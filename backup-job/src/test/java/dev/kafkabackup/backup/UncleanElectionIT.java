// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The leader of a partition is lost together with records that the backup has read, and a replica that never had them
 * goes on from where it ends: I3.
 */
@Timeout(180)
class UncleanElectionIT {

    private static final int LEADER = BrokerCluster.REPLICAS.get(0);
    private static final int FOLLOWER = BrokerCluster.REPLICAS.get(1);
    private static final Duration NEVER = Duration.ofHours(1);

    /** What both replicas have. */
    private static final int KEPT = 100;

    /** What only the lost leader has. */
    private static final int LOST = 50;

    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    static final BrokerCluster BROKERS = new BrokerCluster();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster(METRICS);

    @TempDir
    private Path folder;

    /** What is in Kafka in the end; and what was there before, and acknowledged. */
    private final ProducedLog log = new ProducedLog();

    private final ProducedLog lost = new ProducedLog();

    private String topic;
    private TopicIdPartition partition;
    private TestBackup backup;

    @BeforeEach
    void createTopic(TestInfo test) throws Exception {
        topic = test.getTestMethod().orElseThrow().getName() + "-"
                + Integer.toHexString(test.getDisplayName().hashCode());
        Uuid id = BROKERS.createTopic(topic);
        partition = new TopicIdPartition(id, 0, topic);
        backup = new TestBackup(BROKERS.bootstrapServers(), folder)
                .with(BackupOptions.INCLUDE, topic)
                .with(BackupOptions.PARALLELISM, 1)
                .withClient("metadata.max.age.ms", "500");
    }

    @AfterEach
    void startAllBrokers() {
        BROKERS.startAll();
    }

    /** More than was lost, and fewer. */
    @ParameterizedTest
    @ValueSource(ints = {LOST + 30, LOST - 30})
    void fromTheDivergentOffsetOnTheRecordsOfTheNewLeaderCount(int next) {
        produce(log, KEPT);
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(partition, KEPT);
            BROKERS.stop(FOLLOWER);
            produce(lost, LOST);
            backup.awaitCovered(partition, KEPT + LOST);
            loseTheLeader();
            produce(log, next);
            awaitCovered(KEPT + next);
            BROKERS.start(LEADER);
            BROKERS.awaitInSync(topic, Set.copyOf(BrokerCluster.REPLICAS));
            produce(log, 10);
            awaitCovered(KEPT + next + 10);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        assertThatTheBackupIsWhatKafkaHas();
        assertThat(backup.ranges(partition))
                .as("what both replicas had was not read again")
                .filteredOn(range -> range.startOffset() < KEPT)
                .containsExactly(new OffsetRange(0, KEPT));
    }

    @Test
    void whatWasLostBeforeItsSegmentWasSealedIsOverruledToo() {
        backup.with(BackupOptions.CHECKPOINT_INTERVAL, NEVER).with(BackupOptions.SEGMENT_AGE, NEVER);
        produce(log, KEPT);
        try (RunningBackup job = backup.start()) {
            await().until(() -> job.recordsRead(METRICS) == KEPT);
            BROKERS.stop(FOLLOWER);
            produce(lost, LOST);
            await().until(() -> job.recordsRead(METRICS) == KEPT + LOST);
            assertThat(backup.coverage(partition).isEmpty()).isTrue();
            loseTheLeader();
            produce(log, 30);
            // the discontinuity seals what was read before
            backup.awaitCovered(partition, KEPT + LOST);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
            job.stopWithSavepoint(true, folder.resolve("savepoints"));
        }
        assertThatTheBackupIsWhatKafkaHas();
    }

    @Test
    void aJobThatStartsWithoutStateWhileThereIsNoLeaderGoesOnWhereTheLogDiverges() {
        produce(log, KEPT);
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(partition, KEPT);
            BROKERS.stop(FOLLOWER);
            produce(lost, LOST);
            backup.awaitCovered(partition, KEPT + LOST);
            BROKERS.stop(LEADER);
            job.cancel();
        }
        try (RunningBackup job = backup.start()) {
            BROKERS.start(FOLLOWER);
            BROKERS.awaitLeader(topic, FOLLOWER);
            produce(log, 30);
            awaitCovered(KEPT + 30);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        assertThatTheBackupIsWhatKafkaHas();
    }

    @Test
    void aReplicaThatHasNothingBeginsAnew() {
        BROKERS.stop(FOLLOWER);
        produce(lost, LOST);
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(partition, LOST);
            loseTheLeader();
            produce(log, 20);
            awaitCovered(20);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        assertThatTheBackupIsWhatKafkaHas();
    }

    /** The reader is past the divergence when the leader is lost, or has not come that far. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBoundedRunEndsAlsoIfTheLogNowEndsBelowItsStopOffset(boolean readerIsPast) throws Exception {
        int kept = readerIsPast ? 1 : 1_000;
        int gone = readerIsPast ? 1_000 : LOST;
        backup.with(BackupOptions.ONCE, true)
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(100))
                .withClient("fetch.max.bytes", "1000");
        produceInSmallBatches(log, kept);
        BROKERS.stop(FOLLOWER);
        produceInSmallBatches(lost, gone);
        BROKERS.throttle("kafka-backup-reader-0", 4_000);
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(partition, 2);
            loseTheLeader();
            assertThat(backup.coverage(partition).endOffset()).isLessThan(readerIsPast ? kept + gone : kept);
            BROKERS.throttle("kafka-backup-reader-0", 0);
            job.awaitEnd();
        }
        if (!readerIsPast) {
            assertThatTheBackupIsWhatKafkaHas();
        }
        backup.with(BackupOptions.ONCE, false);
        produce(log, 10);
        backup.runOnce();
        assertThatTheBackupIsWhatKafkaHas();
    }

    private void loseTheLeader() {
        BROKERS.stop(LEADER);
        BROKERS.start(FOLLOWER);
        BROKERS.awaitLeader(topic, FOLLOWER);
    }

    /** Waits for exactly the offsets from 0 on, also if more was covered before. */
    private void awaitCovered(long endOffset) {
        await("exactly " + endOffset + " offsets covered")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(backup.coverage(partition).ranges()).containsExactly(new OffsetRange(0, endOffset)));
    }

    private void assertThatTheBackupIsWhatKafkaHas() {
        assertThat(backup.coverage(partition).ranges())
                .containsExactly(new OffsetRange(0, log.records(partition).lastKey() + 1));
        backup.assertComplete(log, topic, partition.topicId());
        assertThat(readByTheRule())
                .containsExactlyElementsOf(log.records(partition).values());
    }

    /** What the rule for leader epochs makes of the objects, worked out in another way than the catalogue does. */
    private List<ProducedRecord> readByTheRule() {
        NavigableMap<Integer, List<SegmentName>> byEpoch = new TreeMap<>();
        for (Segment segment : backup.segments(partition).segments()) {
            byEpoch.computeIfAbsent(segment.name().leaderEpoch(), any -> new ArrayList<>())
                    .add(segment.name());
        }
        NavigableMap<Long, ProducedRecord> records = new TreeMap<>();
        for (List<SegmentName> names : byEpoch.values()) {
            long overrules = names.stream()
                    .mapToLong(name -> name.range().startOffset())
                    .min()
                    .orElseThrow();
            records.tailMap(overrules, true).clear();
            for (SegmentName name : names) {
                backup.records(partition, List.of(new SegmentSlice(name, name.range())))
                        .forEach(record -> records.put(record.offset(), record));
            }
        }
        return List.copyOf(records.values());
    }

    /** One batch of Kafka's, so that it is read as one. */
    private void produce(ProducedLog to, int count) {
        produce(to, count, Map.of("linger.ms", 10_000, "batch.size", 1 << 20));
    }

    private void produceInSmallBatches(ProducedLog to, int count) {
        produce(to, count, Map.of("batch.size", 500));
    }

    private void produce(ProducedLog to, int count, Map<String, Object> batches) {
        RandomRecords records = RandomRecords.small();
        try (RecordingProducer producer = new RecordingProducer(BROKERS.bootstrapServers(), to, batches)) {
            for (int i = 0; i < count; i++) {
                producer.send(records.next(topic, 0));
            }
        }
    }
}
