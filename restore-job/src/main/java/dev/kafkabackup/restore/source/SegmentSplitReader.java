// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.restore.source.ReadAhead.WokenUp;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads one partition after the other, in batches of bounded size. Damage, and a format of a newer release, end the job
 * for good: no restart would find other bytes.
 *
 * <p>Flink calls every method but {@link #wakeUp} from the fetcher's thread.
 */
final class SegmentSplitReader implements SplitReader<SegmentRecord, SegmentSplit> {

    /** Large enough that handing it over costs nothing, small enough that a few of them do not matter for the heap. */
    static final int BATCH_RECORDS = 2_000;

    static final long BATCH_BYTES = 2 * 1024 * 1024;

    private final ReadAhead readAhead;
    private final Queue<SegmentSplit> waiting = new ArrayDeque<>();
    private @Nullable OpenSplit open;

    /** @param readAhead closed together with this reader */
    SegmentSplitReader(ReadAhead readAhead) {
        this.readAhead = readAhead;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<SegmentSplit> change) {
        if (!(change instanceof SplitsAddition)) {
            throw new UnsupportedOperationException("Splits of a restore are only added, but got " + change);
        }
        for (SegmentSplit split : change.splits()) {
            waiting.add(split);
            for (SegmentSlice slice : split.slices()) {
                readAhead.announce(BackupLayout.segment(split.source(), slice.name()));
            }
        }
    }

    @Override
    public RecordsWithSplitIds<SegmentRecord> fetch() throws IOException {
        OpenSplit current = open;
        if (current == null) {
            SegmentSplit next = waiting.poll();
            if (next == null) {
                return RecordBatch.empty();
            }
            current = new OpenSplit(next);
            open = current;
        }
        RecordBatch batch;
        try {
            batch = current.nextBatch();
        } catch (CorruptDataException | RefusedException e) {
            throw new SuppressRestartsException(e);
        }
        if (!batch.finishedSplits().isEmpty()) {
            current.close();
            open = null;
        }
        return batch;
    }

    @Override
    public void wakeUp() {
        readAhead.wakeUp();
    }

    @Override
    public void close() {
        if (open != null) {
            open.close();
            open = null;
        }
        readAhead.close();
    }

    /** The partition that is being read. */
    private final class OpenSplit {

        private final SegmentSplit split;
        private long nextOffset;
        private @Nullable PartitionRecords records;

        OpenSplit(SegmentSplit split) {
            this.split = split;
            this.nextOffset = split.nextOffset();
        }

        RecordBatch nextBatch() {
            Queue<SegmentRecord> batch = new ArrayDeque<>();
            boolean finished = false;
            try {
                finished = fill(batch);
            } catch (WokenUp e) {
                // the merge of the segments lost its place; it begins again at the next offset
                close();
            }
            return RecordBatch.of(split.splitId(), batch, finished);
        }

        /** Whether the split has no more records. */
        private boolean fill(Queue<SegmentRecord> batch) {
            PartitionRecords reading = records();
            long bytes = 0;
            int read = 0;
            while (read < BATCH_RECORDS && bytes < BATCH_BYTES) {
                if (!reading.hasNext()) {
                    return true;
                }
                SegmentRecord record = reading.next();
                nextOffset = record.offset() + 1;
                read++;
                if (split.wants(record)) {
                    batch.add(record);
                    bytes += record.payloadBytes();
                }
            }
            return false;
        }

        private PartitionRecords records() {
            PartitionRecords reading = records;
            if (reading == null) {
                reading = new PartitionRecords(
                        split.source(), split.slices(), name -> load(split.source(), name), nextOffset);
                records = reading;
            }
            return reading;
        }

        private byte[] load(TopicIdPartition partition, SegmentName name) throws IOException {
            String path = BackupLayout.segment(partition, name);
            try {
                return readAhead.load(path);
            } catch (FileNotFoundException e) {
                throw new CorruptDataException(path, "the segment of offsets " + name.range() + " is gone", e);
            }
        }

        void close() {
            if (records != null) {
                records.close();
                records = null;
            }
        }
    }
}
