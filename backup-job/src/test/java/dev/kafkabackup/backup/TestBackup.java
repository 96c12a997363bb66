// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/**
 * A backup in a folder of a test: starts jobs that fill it, and reads what it holds. Jobs never restart by themselves
 * unless that is asked for, so one that is still running was never restarted.
 */
final class TestBackup {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String bootstrapServers;
    private final Map<String, String> clientProperties = new HashMap<>();
    private final StorageLocation location;
    private final BackupStorage storage;
    private final Configuration options = new Configuration();
    private final Configuration flinkOptions = new Configuration();
    private boolean restarting;

    /** A cluster for the jobs of a test class. */
    static MiniClusterExtension cluster() {
        return cluster(new Configuration());
    }

    /** {@link #cluster()} with the metrics of all jobs. */
    static MiniClusterExtension cluster(InMemoryReporter metrics) {
        return cluster(metrics.addToConfiguration(new Configuration()));
    }

    private static MiniClusterExtension cluster(Configuration configuration) {
        return new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumberTaskManagers(2)
                .setNumberSlotsPerTaskManager(2)
                .build());
    }

    /** All topics into the given folder, everything at short intervals. */
    TestBackup(BrokerExtension broker, Path folder) {
        this(broker.bootstrapServers(), folder);
    }

    /** All topics of the cluster at the given address into the given folder, everything at short intervals. */
    TestBackup(String bootstrapServers, Path folder) {
        this.bootstrapServers = bootstrapServers;
        location = StorageLocation.parse(folder.toString());
        storage = location.open();
        with(BackupOptions.INCLUDE, ".*");
        with(BackupOptions.DISCOVERY_INTERVAL, Duration.ofMillis(300));
        with(BackupOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
        with(BackupOptions.GROUPS_INTERVAL, Duration.ofMillis(300));
        with(BackupOptions.LAG_INTERVAL, Duration.ofMillis(200));
        with(BackupOptions.PARALLELISM, 2);
    }

    <T> TestBackup with(ConfigOption<T> option, T value) {
        options.set(option, value);
        return this;
    }

    /** From now on jobs restart when they fail. */
    TestBackup restarting() {
        restarting = true;
        return this;
    }

    /** Adds a property for the Kafka clients of the job. */
    TestBackup withClient(String property, String value) {
        clientProperties.put(property, value);
        return this;
    }

    BackupStorage storage() {
        return storage;
    }

    /** Sets something of Flink's for the next jobs. */
    <T> TestBackup withFlink(ConfigOption<T> option, T value) {
        flinkOptions.set(option, value);
        return this;
    }

    /** Starts a job without any state. */
    RunningBackup start() {
        return start(new Configuration());
    }

    /** Starts a job from a savepoint. */
    RunningBackup startFrom(String savepoint) {
        return start(new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint));
    }

    private RunningBackup start(Configuration flink) {
        KafkaConnection kafka = new KafkaConnection(bootstrapServers, clientProperties);
        BackupConfig config = BackupConfig.from(options, kafka, location);
        flink.addAll(flinkOptions);
        flink.set(RestartStrategyOptions.RESTART_STRATEGY, restarting ? "fixed-delay" : "none");
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        BackupJob.build(environment, config, BackupJob.open(config));
        try {
            return new RunningBackup(environment.executeAsync("backup"));
        } catch (Exception e) {
            throw new IllegalStateException("The job cannot be started", e);
        }
    }

    /** Runs a bounded job to its end. */
    void runOnce() {
        options.set(BackupOptions.ONCE, true);
        try (RunningBackup job = start()) {
            job.awaitEnd();
        } finally {
            options.set(BackupOptions.ONCE, false);
        }
    }

    PartitionSegments segments(TopicIdPartition partition) {
        try {
            return new Catalog(storage).segments(partition);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Coverage coverage(TopicIdPartition partition) {
        return segments(partition).coverage();
    }

    /** Ranges of all published segments, by start offset, as they are: touching, overlapping or apart. */
    List<OffsetRange> ranges(TopicIdPartition partition) {
        return segments(partition).segments().stream()
                .map(Segment::name)
                .map(name -> name.range())
                .toList();
    }

    /** Everything that is stored of a partition. */
    List<ProducedRecord> records(TopicIdPartition partition) {
        return records(partition, segments(partition).slices());
    }

    /** What is stored in some segments of a partition. */
    List<ProducedRecord> records(TopicIdPartition partition, List<SegmentSlice> slices) {
        List<ProducedRecord> records = new ArrayList<>();
        try (PartitionRecords stored = new PartitionRecords(
                partition, slices, name -> storage.read(BackupLayout.segment(partition, name)), 0)) {
            stored.forEachRemaining(record -> records.add(produced(record)));
        }
        return records;
    }

    private static ProducedRecord produced(SegmentRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        return new ProducedRecord(
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                key,
                value,
                List.of(record.headers().toArray()));
    }

    /** Waits until every offset from 0 up to the given one is covered. */
    void awaitCovered(TopicIdPartition partition, long endOffset) {
        await(partition + " covered up to " + endOffset)
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(coverage(partition).firstUncovered(0)).isGreaterThanOrEqualTo(endOffset));
    }

    /** Waits until everything in the log of this incarnation is covered. */
    void awaitCovered(ProducedLog log, String topic, Uuid topicId) {
        for (int number : log.partitions(topicId)) {
            TopicIdPartition partition = new TopicIdPartition(topicId, number, topic);
            awaitCovered(partition, log.records(partition).lastKey() + 1);
        }
    }

    /** What is stored of this incarnation is what was produced, record by record. */
    void assertComplete(ProducedLog log, String topic, Uuid topicId) {
        for (int number : log.partitions(topicId)) {
            TopicIdPartition partition = new TopicIdPartition(topicId, number, topic);
            assertThat(records(partition))
                    .as("records of %s", partition)
                    .containsExactlyElementsOf(log.records(partition).values());
        }
    }

    /** No offset of this incarnation is stored twice, and none was left out. */
    void assertEachOffsetInOneSegment(ProducedLog log, String topic, Uuid topicId) {
        for (int number : log.partitions(topicId)) {
            assertEachOffsetInOneSegment(new TopicIdPartition(topicId, number, topic));
        }
    }

    /** No offset of this partition is stored twice, and none from 0 on was left out. */
    void assertEachOffsetInOneSegment(TopicIdPartition partition) {
        long next = 0;
        for (OffsetRange range : ranges(partition)) {
            assertThat(range.startOffset())
                    .as("start of a segment of %s: %s", partition, ranges(partition))
                    .isEqualTo(next);
            next = range.endOffset();
        }
    }
}
