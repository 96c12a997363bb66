// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.restore.record.RestoreRecord;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.jspecify.annotations.Nullable;

/**
 * Some consecutive wanted records of one split. Passed from the fetcher's thread to the task's thread; used by one at a
 * time.
 *
 * <p>Records leave the batch as they are emitted, so that their memory is free before the whole batch is done.
 */
final class RecordBatch implements RecordsWithSplitIds<RestoreRecord> {

    private final Queue<RestoreRecord> records;
    private final Set<String> finished;
    private @Nullable String nextSplit;

    private RecordBatch(@Nullable String split, Queue<RestoreRecord> records, boolean finished) {
        this.nextSplit = split;
        this.records = records;
        this.finished = split != null && finished ? Set.of(split) : Set.of();
    }

    /** Records of a split, and whether the split has no more after them. */
    static RecordBatch of(String split, Queue<RestoreRecord> records, boolean finished) {
        return new RecordBatch(split, records, finished);
    }

    /** Nothing. */
    static RecordBatch empty() {
        return new RecordBatch(null, new ArrayDeque<>(), false);
    }

    @Override
    public @Nullable String nextSplit() {
        String split = nextSplit;
        nextSplit = null;
        return split;
    }

    @Override
    public @Nullable RestoreRecord nextRecordFromSplit() {
        return records.poll();
    }

    @Override
    public Set<String> finishedSplits() {
        return finished;
    }
}
