// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;

/** The two things that are recorded, with the connections that they share. */
final class SnapshotTasks implements AutoCloseable {

    private final Admin admin;
    private final BackupStorage storage;
    private final TopicMetadataRecorder topics;
    private final GroupRecorder groups;

    SnapshotTasks(
            KafkaConnection kafka, StorageLocation location, TopicFilter filter, String clusterId, String ownGroup) {
        this.admin = kafka.admin("kafka-backup-snapshots");
        this.storage = location.open();
        this.topics = new TopicMetadataRecorder(admin, filter, storage, clusterId);
        this.groups = new GroupRecorder(admin, filter, storage, ownGroup);
    }

    void recordTopics() throws IOException {
        topics.record();
    }

    void recordGroups() throws IOException {
        groups.record();
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        storage.close();
    }
}
