// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.testing.RandomRecords;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.record.TimestampType;

/** One partition's backup: publishes segments of random records, and remembers what was in them. */
final class SimulatedBackup {

    static final String CLUSTER_ID = "4L6g3nShT-eMCtK--X86sw";

    private final TopicIdPartition partition;
    private final BackupStorage storage;
    private final RandomRecords random;
    private final List<SegmentRecord> records = new ArrayList<>();
    private long endOffset;
    private long bytes;

    SimulatedBackup(TopicIdPartition partition, BackupStorage storage, RandomRecords random) {
        this.partition = partition;
        this.storage = storage;
        this.random = random;
    }

    /** One more segment with so many records. */
    void publish(int count, int leaderEpoch) throws IOException {
        SegmentWriter writer = new SegmentWriter(CLUSTER_ID, partition, endOffset, 3);
        for (int i = 0; i < count; i++) {
            SegmentRecord record = record(endOffset++, leaderEpoch);
            writer.append(record);
            records.add(record);
        }
        writer.advanceTo(endOffset, leaderEpoch);
        EncodedSegment segment = writer.seal();
        bytes += segment.sizeBytes();
        storage.publish(BackupLayout.segment(partition, segment.name()), segment);
    }

    private SegmentRecord record(long offset, int leaderEpoch) {
        ProducerRecord<byte[], byte[]> random = this.random.next(partition.topic(), partition.partition());
        return new SegmentRecord(
                offset,
                random.timestamp(),
                TimestampType.CREATE_TIME,
                leaderEpoch,
                random.key(),
                random.value(),
                random.headers());
    }

    /** The next segment begins later: the records between are lost. */
    void skip(int offsets) {
        endOffset += offsets;
    }

    /** Size of all segments that were published. */
    long bytes() {
        return bytes;
    }

    long endOffset() {
        return endOffset;
    }

    /** What there is from an offset on. */
    List<SegmentRecord> records(long fromOffset) {
        return records.stream().filter(record -> record.offset() >= fromOffset).toList();
    }

    PartitionSegments listed(BackupStorage by) throws IOException {
        return new Catalog(by).segments(partition);
    }

    /** Reads everything, as a restore does: what is removed while it reads is looked for in another listing. */
    List<SegmentRecord> read(BackupStorage by, long fromOffset) throws IOException {
        List<SegmentRecord> read = new ArrayList<>();
        long next = fromOffset;
        while (true) {
            PartitionSegments segments = new Catalog(by).segmentsWithProvenHoles(partition);
            try (PartitionRecords all = new PartitionRecords(
                    partition, segments.slices(), name -> by.read(BackupLayout.segment(partition, name)), next)) {
                while (all.hasNext()) {
                    SegmentRecord record = all.next();
                    read.add(record);
                    next = record.offset() + 1;
                }
                return read;
            } catch (RuntimeException e) {
                if (!(e.getCause() instanceof FileNotFoundException)) {
                    throw e;
                }
            }
        }
    }
}
