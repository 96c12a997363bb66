// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.restore.source.ReadAhead.WokenUp;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one partition after the other, in batches of bounded size. Damage, and a format of a newer release, end the job
 * for good: no restart would find other bytes.
 *
 * <p>Flink calls every method but {@link #wakeUp} from the fetcher's thread.
 */
final class SegmentSplitReader implements SplitReader<RestoreRecord, SegmentSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentSplitReader.class);

    /** Large enough that handing it over costs nothing, small enough that a few of them do not matter for the heap. */
    static final int BATCH_RECORDS = 2_000;

    static final long BATCH_BYTES = 2 * 1024 * 1024;

    private final ReadAhead readAhead;
    private final ReadingObserver observer;
    private final ClassLoader filters;
    private final Queue<SegmentSplit> waiting = new ArrayDeque<>();
    private @Nullable OpenSplit open;

    /**
     * @param readAhead closed together with this reader
     * @param observer is told what is skipped, and what has no timestamp
     * @param filters finds the class of the user's filter, if there is one
     */
    SegmentSplitReader(ReadAhead readAhead, ReadingObserver observer, ClassLoader filters) {
        this.readAhead = readAhead;
        this.observer = observer;
        this.filters = filters;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<SegmentSplit> change) {
        if (!(change instanceof SplitsAddition)) {
            throw new UnsupportedOperationException("Splits of a restore are only added, but got " + change);
        }
        waiting.addAll(change.splits());
    }

    @Override
    public RecordsWithSplitIds<RestoreRecord> fetch() {
        if (open == null) {
            SegmentSplit next = waiting.poll();
            if (next == null) {
                return RecordBatch.empty();
            }
            open = new OpenSplit(
                    next.splitId(),
                    new SelectedRecords(next, () -> Optional.ofNullable(waiting.peek()), readAhead, observer, filters));
        }
        OpenSplit current = open;
        Queue<RestoreRecord> batch = new ArrayDeque<>();
        boolean finished = false;
        try {
            finished = fill(batch, current.records());
        } catch (WokenUp e) {
            LOG.debug("Woken up while {} was read", current.id());
        } catch (CorruptDataException | RefusedException | UsageException e) {
            throw new SuppressRestartsException(e);
        }
        if (finished) {
            current.records().close();
            open = null;
        }
        return RecordBatch.of(current.id(), batch, finished);
    }

    /** Whether there are no more records. */
    private static boolean fill(Queue<RestoreRecord> batch, SelectedRecords records) {
        long bytes = 0;
        for (int read = 0; read < BATCH_RECORDS && bytes < BATCH_BYTES; read++) {
            if (!records.hasMore()) {
                return true;
            }
            RestoreRecord record = records.read();
            if (record != null) {
                batch.add(record);
                bytes += record.record().payloadBytes();
            }
        }
        return false;
    }

    @Override
    public void wakeUp() {
        readAhead.wakeUp();
    }

    @Override
    public void close() {
        if (open != null) {
            open.records().close();
            open = null;
        }
        readAhead.close();
    }

    /** The partition that is being read. */
    private record OpenSplit(String id, SelectedRecords records) {}
}
