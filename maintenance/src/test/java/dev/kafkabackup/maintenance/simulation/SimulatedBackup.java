// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.testing.RandomRecords;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * One partition's backup: publishes segments of random records, and remembers what was in them. One thread publishes,
 * any may read.
 */
public final class SimulatedBackup {

    private final TopicIdPartition partition;
    private final BackupStorage storage;
    private final RandomRecords random;
    private final List<SegmentRecord> records = new ArrayList<>();

    /** Where gaps begin, by the offset behind them. */
    private final Map<Long, Long> gaps = new HashMap<>();

    private long endOffset;
    private volatile long publishedUpTo;
    private long bytes;

    public SimulatedBackup(TopicIdPartition partition, BackupStorage storage, RandomRecords random) {
        this.partition = partition;
        this.storage = storage;
        this.random = random;
    }

    /** One more segment with so many records. */
    public void publish(int count, int leaderEpoch) throws IOException {
        long start = endOffset;
        for (int i = 0; i < count; i++) {
            SegmentRecord record = record(endOffset++, leaderEpoch);
            synchronized (records) {
                records.add(record);
            }
        }
        publishAgain(start, endOffset, leaderEpoch, any -> true);
        publishedUpTo = endOffset;
    }

    /**
     * A segment of offsets that were published before: somebody else has read them as well.
     *
     * @param has which of the records he got; Kafka compacted its log before he read the others
     */
    public void publishAgain(long startOffset, long endOffset, int leaderEpoch, Predicate<SegmentRecord> has)
            throws IOException {
        publish(gaps.getOrDefault(startOffset, startOffset), startOffset, endOffset, leaderEpoch, has);
    }

    /**
     * The same by one who came late and has missed what others have read before: Kafka had dropped it, and so the
     * segment says that there is a gap.
     */
    public void publishAgainLate(
            long gapStart, long startOffset, long endOffset, int leaderEpoch, Predicate<SegmentRecord> has)
            throws IOException {
        publish(gapStart, startOffset, endOffset, leaderEpoch, has);
    }

    private void publish(long gapStart, long startOffset, long endOffset, int leaderEpoch, Predicate<SegmentRecord> has)
            throws IOException {
        SegmentWriter writer = new SegmentWriter(Simulation.CLUSTER_ID, partition, startOffset, 3);
        if (gapStart < startOffset) {
            writer.followsGapFrom(gapStart);
        }
        for (SegmentRecord record : records(startOffset)) {
            if (record.offset() < endOffset && has.test(record)) {
                writer.append(record);
            }
        }
        writer.advanceTo(endOffset, leaderEpoch);
        EncodedSegment segment = writer.seal();
        bytes += segment.sizeBytes();
        storage.publish(BackupLayout.segment(partition, segment.name()), segment);
    }

    /** The log was cut: what comes next begins there and has to have a higher leader epoch. */
    public void truncate(long offset) {
        synchronized (records) {
            records.removeIf(record -> record.offset() >= offset);
        }
        gaps.keySet().removeIf(end -> end > offset);
        endOffset = offset;
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

    /** The next segment begins later: the records between are lost, and nothing says why. */
    public void skip(int offsets) {
        endOffset += offsets;
    }

    /** The next segment begins later, and says so: Kafka dropped the records between. */
    public void gap(int offsets) {
        gaps.put(endOffset + offsets, endOffset);
        skip(offsets);
    }

    /** The gaps that segments tell of. */
    public List<OffsetRange> gaps() {
        return gaps.entrySet().stream()
                .map(gap -> new OffsetRange(gap.getValue(), gap.getKey()))
                .toList();
    }

    /** Size of all segments that were published. */
    public long bytes() {
        return bytes;
    }

    public long endOffset() {
        return endOffset;
    }

    /** Everything before this offset can be read by everybody. */
    public long publishedUpTo() {
        return publishedUpTo;
    }

    /** What there is from an offset on. */
    public List<SegmentRecord> records(long fromOffset) {
        synchronized (records) {
            return List.copyOf(records.subList(firstFrom(fromOffset), records.size()));
        }
    }

    /** Index of the first record at or behind the offset: a month has too many to look at each. */
    private int firstFrom(long offset) {
        int low = 0;
        int high = records.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (records.get(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    public PartitionSegments listed(BackupStorage by) throws IOException {
        return new Catalog(by).segments(partition);
    }

    /** Reads everything, as a restore does: what is removed while it reads is looked for in another listing. */
    public List<SegmentRecord> read(BackupStorage by, long fromOffset) throws IOException {
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

    /** What can be read is what was published. */
    public void assertReadsAll(BackupStorage by) throws IOException {
        assertReads(by, 0);
    }

    /** What can be read from an offset on is what was published. */
    public void assertReads(BackupStorage by, long fromOffset) throws IOException {
        assertSameRecords(read(by, fromOffset), records(fromOffset));
    }

    public static void assertSameRecords(List<SegmentRecord> read, List<SegmentRecord> written) {
        assertThat(read)
                .extracting(SegmentRecord::offset)
                .containsExactlyElementsOf(
                        written.stream().map(SegmentRecord::offset).toList());
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.get(i).sameContent(written.get(i)))
                    .as("record at offset %d", written.get(i).offset())
                    .isTrue();
        }
    }
}
