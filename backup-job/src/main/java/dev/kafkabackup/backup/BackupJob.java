// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import dev.kafkabackup.backup.beside.BesideSource;
import dev.kafkabackup.backup.lag.LagWatch;
import dev.kafkabackup.backup.maintain.MaintenanceTasks;
import dev.kafkabackup.backup.sink.SegmentSink;
import dev.kafkabackup.backup.snapshot.SnapshotTasks;
import dev.kafkabackup.backup.source.BackupSource;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.maintenance.MaintenanceConfig;
import dev.kafkabackup.storage.BackupStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;

/** Wires the backup job: topics to segments, and the snapshots beside it. */
public final class BackupJob {

    /** Somebody waits for the answer: with reads, which may take twice as long, it comes within half a minute. */
    private static final Duration FIRST_CALL_TIMEOUT = Duration.ofSeconds(12);

    /** A bounded run ends, successfully or not; what goes on for ever may start again for ever. */
    private static final int BOUNDED_RESTARTS = 3;

    private BackupJob() {}

    /**
     * Finds out whether the job can work at all, before anything is started: Kafka answers and has topic IDs, the
     * storage can be read and written, and the root is this cluster's.
     *
     * @return the root, newly written if there was none
     * @throws dev.kafkabackup.error.BackupException if not, saying why
     */
    public static BackupRoot open(BackupConfig config) {
        try (Admin admin = config.kafka().admin("kafka-backup-start");
                BackupStorage storage =
                        config.storage().withCallTimeout(FIRST_CALL_TIMEOUT).open()) {
            String clusterId = config.kafka().clusterId(admin);
            requireTopicIds(admin, config);
            return BackupRoot.openOrCreate(storage, clusterId, Instant.now());
        }
    }

    private static void requireTopicIds(Admin admin, BackupConfig config) {
        try {
            for (TopicListing topic : KafkaConnection.await(
                    admin.listTopics(new ListTopicsOptions().listInternal(true)).listings())) {
                if (Uuid.ZERO_UUID.equals(topic.topicId())) {
                    throw new RefusedException(
                            "The brokers at %s give topic %s no topic ID: Kafka 3.1 or newer is needed"
                                    .formatted(config.kafka(), topic.name()));
                }
            }
        } catch (KafkaException e) {
            throw new FailedException(
                    "The topics at %s cannot be listed: %s".formatted(config.kafka(), e.getMessage()), e);
        }
    }

    /** What the job is called in Flink. */
    public static String name(BackupConfig config) {
        return "Kafka backup to " + config.storage();
    }

    /**
     * Adds the job to the environment.
     *
     * @param root of the cluster, from {@link #open}
     */
    public static void build(StreamExecutionEnvironment environment, BackupConfig config, BackupRoot root) {
        environment.setRuntimeMode(RuntimeExecutionMode.STREAMING);
        environment.setParallelism(config.parallelism());
        environment.enableCheckpointing(config.checkpointInterval().toMillis());
        // storage trouble is waited out in the sink; a checkpoint that fails or expires costs nothing but a longer
        // restart
        environment.getCheckpointConfig().setTolerableCheckpointFailureNumber(Integer.MAX_VALUE);
        environment.configure(new Configuration()
                .set(PipelineOptions.GENERIC_TYPES, false)
                .set(PipelineOptions.AUTO_GENERATE_UIDS, false)
                .set(PipelineOptions.OBJECT_REUSE, true));

        if (config.once()) {
            environment.configure(new Configuration()
                    .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                    .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, BOUNDED_RESTARTS));
        }

        String jobId = UUID.randomUUID().toString();
        environment
                .fromSource(
                        new BackupSource(
                                config.kafka(),
                                config.storage(),
                                root.clusterId(),
                                config.topics(),
                                config.discoveryInterval(),
                                config.once()),
                        WatermarkStrategy.noWatermarks(),
                        "Kafka topics")
                .uid("kafka-topics")
                .setDescription("Reads each partition of each topic incarnation from its durable offset on")
                .sinkTo(new SegmentSink(
                        config.storage(),
                        root.clusterId(),
                        config.segmentBytes(),
                        config.segmentAge(),
                        config.compressionLevel(),
                        config.uploadThreads(),
                        new LagWatch.Settings(config.kafka(), config.groupId(), config.lagInterval())))
                .name("Segments")
                .uid("segments")
                .setDescription("Seals segments at checkpoint, age and size, and publishes them to the storage");

        environment
                .fromSource(
                        new BesideSource(
                                new SnapshotTasks.Settings(
                                        config.kafka(),
                                        config.storage(),
                                        config.topics(),
                                        root.clusterId(),
                                        config.groupId(),
                                        jobId,
                                        config.discoveryInterval(),
                                        config.groupsInterval(),
                                        config.once()),
                                config.once()),
                        WatermarkStrategy.noWatermarks(),
                        "Topic metadata and group snapshots")
                .uid("snapshots")
                .setDescription("Records topic metadata and the committed offsets of consumer groups")
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .name("End of snapshots")
                .uid("snapshots-end")
                .setParallelism(1);

        MaintenanceConfig maintenance = config.maintenance();
        if (maintenance != null && !config.once()) {
            environment
                    .fromSource(
                            new BesideSource(
                                    new MaintenanceTasks.Settings(
                                            config.kafka(), config.storage(), maintenance, root.clusterId(), jobId),
                                    false),
                            WatermarkStrategy.noWatermarks(),
                            "Maintenance")
                    .uid("maintenance")
                    .setDescription("Merges small segments, and removes what Kafka has removed when its grace ends")
                    .setParallelism(1)
                    .sinkTo(new DiscardingSink<>())
                    .name("End of maintenance")
                    .uid("maintenance-end")
                    .setParallelism(1);
        }
    }
}
