// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupSnapshot;
import dev.kafkabackup.inspection.live.LiveRecords;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.segment.EncodedSegment;
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
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A backup in a folder, written segment by segment. */
final class StoredBackup implements AutoCloseable {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final Path folder;
    private final String clusterId;
    private final BackupStorage storage;
    private int states;

    StoredBackup(Path folder, String clusterId) {
        this.folder = folder;
        this.clusterId = clusterId;
        this.storage = StorageLocation.parse(folder.toString()).open();
        BackupRoot.openOrCreate(storage, clusterId, BEGIN);
    }

    BackupStorage storage() {
        return storage;
    }

    void metadata(TopicIncarnation topic, int partitions) throws IOException {
        new TopicMetadataStore(storage)
                .append(new TopicMetadata(
                        topic.name(),
                        topic.id(),
                        clusterId,
                        partitions,
                        1,
                        Map.of(),
                        true,
                        TopicState.LIVE,
                        BEGIN.plusSeconds(++states),
                        null));
    }

    /** A full snapshot of what groups have committed. */
    void groups(GroupOffset... offsets) throws IOException {
        new GroupHistory(storage)
                .append(new GroupSnapshot(BEGIN.plusSeconds(++states), true, List.of(offsets), List.of()));
    }

    /** A segment with a record at each offset of {@code [start, end)}. */
    Path segment(TopicIdPartition partition, long start, long end, long gapStart) throws IOException {
        return segment(partition, start, end, gapStart, 0);
    }

    /** The same, read from a leader of the given epoch. */
    Path segment(TopicIdPartition partition, long start, long end, long gapStart, int leaderEpoch) throws IOException {
        SegmentWriter writer = new SegmentWriter(clusterId, partition, start, 3);
        if (gapStart < start) {
            writer.followsGapFrom(gapStart);
        }
        for (long offset = start; offset < end; offset++) {
            writer.append(record(offset));
        }
        writer.advanceTo(end, leaderEpoch);
        EncodedSegment segment = writer.seal();
        String path = BackupLayout.segment(partition, segment.name());
        storage.publish(path, segment);
        return folder.resolve(path);
    }

    /** Segments with what Kafka has of {@code [0, end)}, of so many offsets each. */
    void copy(KafkaConnection kafka, TopicIdPartition partition, long end, long length) throws IOException {
        try (LiveRecords live = new LiveRecords(kafka, partition, 0)) {
            SegmentWriter writer = new SegmentWriter(clusterId, partition, 0, 3);
            while (live.position() < end) {
                for (SegmentRecord record : live.next().records()) {
                    if (record.offset() >= end) {
                        return;
                    }
                    writer.append(record);
                    if (writer.endOffset() % length == 0) {
                        EncodedSegment segment = writer.seal();
                        storage.publish(BackupLayout.segment(partition, segment.name()), segment);
                        writer = new SegmentWriter(clusterId, partition, writer.endOffset(), 3);
                    }
                }
            }
        }
    }

    static SegmentRecord record(long offset) {
        return new SegmentRecord(
                offset,
                1_700_000_000_000L + offset,
                TimestampType.CREATE_TIME,
                0,
                ("key " + offset).getBytes(StandardCharsets.UTF_8),
                ("value " + offset + " padding".repeat(20)).getBytes(StandardCharsets.UTF_8),
                new RecordHeaders());
    }

    @Override
    public void close() {
        storage.close();
    }
}
