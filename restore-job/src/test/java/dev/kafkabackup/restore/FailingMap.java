// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.restore.record.RestoreRecord;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;

/**
 * Lets records pass, and fails twice: with a transaction open after a checkpoint, and when told of a later checkpoint.
 */
final class FailingMap extends RichMapFunction<RestoreRecord, RestoreRecord> implements CheckpointListener {

    private static final long serialVersionUID = 1L;

    private static final AtomicLong RECORDS = new AtomicLong();
    private static final AtomicInteger CHECKPOINTS = new AtomicInteger();
    private static final AtomicBoolean FAILED_BETWEEN_CHECKPOINTS = new AtomicBoolean();
    private static final AtomicBoolean FAILED_AFTER_COMMIT = new AtomicBoolean();

    private final long afterRecords;

    /** @param afterRecords how many records pass before the first failure, at least */
    FailingMap(long afterRecords) {
        this.afterRecords = afterRecords;
    }

    static void reset() {
        RECORDS.set(0);
        CHECKPOINTS.set(0);
        FAILED_BETWEEN_CHECKPOINTS.set(false);
        FAILED_AFTER_COMMIT.set(false);
    }

    static boolean failedBetweenCheckpoints() {
        return FAILED_BETWEEN_CHECKPOINTS.get();
    }

    static boolean failedAfterCommit() {
        return FAILED_AFTER_COMMIT.get();
    }

    @Override
    public RestoreRecord map(RestoreRecord record) {
        if (RECORDS.incrementAndGet() > afterRecords
                && CHECKPOINTS.get() > 0
                && FAILED_BETWEEN_CHECKPOINTS.compareAndSet(false, true)) {
            throw new IllegalStateException("A failure on purpose, with an open transaction");
        }
        return record;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        CHECKPOINTS.incrementAndGet();
        if (FAILED_BETWEEN_CHECKPOINTS.get() && FAILED_AFTER_COMMIT.compareAndSet(false, true)) {
            throw new IllegalStateException("A failure on purpose, after checkpoint " + checkpointId);
        }
    }
}
