// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A backup in a folder, written segment by segment as a test wants it. */
public final class BackupFixture implements AutoCloseable {

    /** The cluster that is said to have been backed up. */
    public static final String CLUSTER_ID = "source-cluster";

    private final StorageLocation location;
    private final BackupStorage storage;
    private final String clusterId;

    public BackupFixture(Path folder) {
        this(folder, CLUSTER_ID);
    }

    public BackupFixture(Path folder, String clusterId) {
        this.location = StorageLocation.parse(folder.toString());
        this.storage = location.open();
        this.clusterId = clusterId;
        BackupRoot.openOrCreate(storage, clusterId, Instant.parse("2026-01-01T00:00:00Z"));
    }

    public StorageLocation location() {
        return location;
    }

    public BackupStorage storage() {
        return storage;
    }

    /** Publishes a segment that covers {@code [start, end)}. */
    public SegmentName segment(TopicIdPartition partition, long start, long end, List<SegmentRecord> records)
            throws IOException {
        return segment(partition, start, end, 0, records);
    }

    public SegmentName segment(
            TopicIdPartition partition, long start, long end, int leaderEpoch, List<SegmentRecord> records)
            throws IOException {
        SegmentWriter writer = new SegmentWriter(clusterId, partition, start, 3);
        records.forEach(writer::append);
        writer.advanceTo(end, leaderEpoch);
        EncodedSegment segment = writer.seal();
        storage.publish(BackupLayout.segment(partition, segment.name()), segment);
        return segment.name();
    }

    public void metadata(TopicIncarnation topic, int partitions, Map<String, String> configs, Instant observedAt)
            throws IOException {
        new TopicMetadataStore(storage).append(state(topic, partitions, configs, observedAt));
    }

    /** As a restore writes it down. */
    public void origin(TopicIncarnation topic, Uuid origin, Instant observedAt) throws IOException {
        new TopicMetadataStore(storage)
                .append(state(topic, 1, Map.of(), observedAt).withRestoredFrom(origin));
    }

    private TopicMetadata state(
            TopicIncarnation topic, int partitions, Map<String, String> configs, Instant observedAt) {
        return new TopicMetadata(
                topic.name(), topic.id(), clusterId, partitions, 3, configs, true, TopicState.LIVE, observedAt, null);
    }

    public static SegmentRecord record(long offset, long timestamp) {
        return new SegmentRecord(
                offset,
                timestamp,
                timestamp < 0 ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME,
                0,
                ("key " + offset).getBytes(StandardCharsets.UTF_8),
                ("value " + offset).getBytes(StandardCharsets.UTF_8),
                new RecordHeaders());
    }

    @Override
    public void close() {
        storage.close();
    }
}
