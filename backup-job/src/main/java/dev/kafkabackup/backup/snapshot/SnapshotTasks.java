// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.backup.beside.BesideTasks;
import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.figure.Figures;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes snapshots of topic metadata and group offsets, and shows that the job runs. */
public final class SnapshotTasks implements BesideTasks {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTasks.class);

    private final Settings settings;
    private final Admin admin;
    private final BackupStorage storage;
    private final TopicMetadataRecorder topics;
    private final CompactedTopics compacted;
    private final GroupRecorder groups;
    private final Heartbeat heartbeat;

    /**
     * What the snapshots are told.
     *
     * @param clusterId id of the cluster that the root belongs to
     * @param ownGroup the backup's own consumer group, which is left out
     * @param jobId names this run of the job, the same after every failover
     * @param topicsInterval how often topics are looked at
     * @param groupsInterval how often committed offsets are looked at
     * @param once whether to take one snapshot of each and end
     */
    public record Settings(
            KafkaConnection kafka,
            StorageLocation storage,
            TopicFilter topics,
            String clusterId,
            String ownGroup,
            String jobId,
            Duration topicsInterval,
            Duration groupsInterval,
            boolean once)
            implements Factory {

        private static final long serialVersionUID = 1L;

        @Override
        public BesideTasks open(MetricGroup metrics, Figures figures) {
            return new SnapshotTasks(this, metrics, figures);
        }
    }

    private SnapshotTasks(Settings settings, MetricGroup metrics, Figures figures) {
        this.settings = settings;
        this.admin = settings.kafka().admin("kafka-backup-snapshots");
        this.storage = settings.storage().open();
        this.topics = new TopicMetadataRecorder(admin, settings.topics(), storage, settings.clusterId());
        this.compacted = new CompactedTopics(
                admin, storage, settings.topicsInterval(), metrics.counter("lateReads", new ThreadSafeSimpleCounter()));
        this.groups = new GroupRecorder(admin, settings.topics(), storage, settings.ownGroup());
        this.heartbeat = new Heartbeat(storage, settings.jobId(), System::nanoTime);
        metrics.gauge("partitionsReadLate", compacted::partitionsReadLate);
        metrics.gauge("otherJobsOnThisRoot", heartbeat::otherJobs);
        metrics.gauge("groupsRecorded", groups::groups);
        metrics.gauge("deletedTopics", topics::deletedTopics);
        figures.sum("groups recorded", groups::groups).sum("deleted topics", topics::deletedTopics);
    }

    @Override
    public List<Round> rounds() {
        return List.of(
                new Round(
                        "Snapshot of topics",
                        "topicSnapshots",
                        Duration.ZERO,
                        settings.topicsInterval(),
                        settings.once(),
                        () -> compacted.look(topics.record())),
                new Round(
                        "Snapshot of groups",
                        "groupSnapshots",
                        Duration.ZERO,
                        settings.groupsInterval(),
                        settings.once(),
                        groups::record),
                new Round("Heartbeat", "heartbeats", Duration.ZERO, Heartbeat.INTERVAL, false, heartbeat::beat));
    }

    @Override
    public void close() {
        try {
            heartbeat.end();
        } catch (IOException e) {
            LOG.debug("The heartbeat stays behind; nobody takes it for a running job", e);
        }
        admin.close(Duration.ZERO);
        storage.close();
    }
}
