// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is recorded, with the connections that all of it shares. */
final class SnapshotTasks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTasks.class);

    private final Admin admin;
    private final BackupStorage storage;
    private final TopicMetadataRecorder topics;
    private final GroupRecorder groups;
    private final Heartbeat heartbeat;

    SnapshotTasks(
            KafkaConnection kafka,
            StorageLocation location,
            TopicFilter filter,
            String clusterId,
            String ownGroup,
            String jobId) {
        this.admin = kafka.admin("kafka-backup-snapshots");
        this.storage = location.open();
        this.topics = new TopicMetadataRecorder(admin, filter, storage, clusterId);
        this.groups = new GroupRecorder(admin, filter, storage, ownGroup);
        this.heartbeat = new Heartbeat(storage, jobId, System::nanoTime);
    }

    void recordTopics() throws IOException {
        topics.record();
    }

    void recordGroups() throws IOException {
        groups.record();
    }

    void beat() throws IOException {
        heartbeat.beat();
    }

    int otherJobs() {
        return heartbeat.otherJobs();
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
