// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.BackupStorage;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Reads what a partition of the target is to get, outside of a job. Not thread safe. */
public final class PlannedRecords implements Iterator<RestoreRecord>, AutoCloseable {

    private final BackupStorage storage;
    private final Queue<SegmentSplit> waiting;
    private @Nullable SegmentSplit open;
    private @Nullable PartitionRecords reading;
    private @Nullable RestoreRecord next;

    PlannedRecords(List<SegmentSplit> splits, BackupStorage storage) {
        this.storage = storage;
        this.waiting = new ArrayDeque<>(splits);
    }

    /**
     * @throws dev.kafkabackup.error.CorruptDataException if a segment does not hold what it promises
     * @throws dev.kafkabackup.error.FailedException if a segment cannot be read
     */
    @Override
    public boolean hasNext() {
        while (next == null) {
            SegmentSplit split = open;
            PartitionRecords records = reading;
            if (split == null || records == null) {
                if (waiting.isEmpty()) {
                    return false;
                }
                open(waiting.remove());
            } else if (!records.hasNext()) {
                close();
            } else {
                SegmentRecord record = records.next();
                next = split.wants(record) ? new RestoreRecord(split.source(), split.target(), record) : null;
            }
        }
        return true;
    }

    private void open(SegmentSplit split) {
        open = split;
        reading = new PartitionRecords(
                split.source(),
                split.slices(),
                name -> storage.read(BackupLayout.segment(split.source(), name)),
                split.nextOffset());
    }

    @Override
    public RestoreRecord next() {
        RestoreRecord record = hasNext() ? next : null;
        if (record == null) {
            throw new NoSuchElementException("There are no more planned records");
        }
        next = null;
        return record;
    }

    @Override
    public void close() {
        if (reading != null) {
            reading.close();
            reading = null;
        }
        open = null;
    }
}
