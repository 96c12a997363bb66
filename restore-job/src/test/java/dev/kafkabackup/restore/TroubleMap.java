// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.restore.record.RestoreRecord;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/**
 * Lets records pass, and makes trouble once, in the first subtask that comes to the chosen moment, in the middle of a
 * restore: records were committed before, and there are records in an open transaction.
 */
final class TroubleMap extends RichMapFunction<RestoreRecord, RestoreRecord>
        implements CheckpointedFunction, CheckpointListener {

    private static final long serialVersionUID = 1L;

    private static final int RECORDS_IN_BETWEEN = 200;

    private static final AtomicInteger STARTS = new AtomicInteger();
    private static final AtomicBoolean MADE = new AtomicBoolean();

    private final Moment moment;
    private final Trouble trouble;
    private transient long records;
    private transient boolean uncommitted;
    private transient boolean committed;

    TroubleMap(Moment moment, Trouble trouble) {
        this.moment = moment;
        this.trouble = trouble;
    }

    /** When the trouble comes. */
    enum Moment {
        /** Records were produced, and all transactions before are committed. */
        WHILE_PRODUCING,
        /** The transaction is complete, its checkpoint is not. */
        BEFORE_COMMIT
    }

    /** What happens. */
    interface Trouble extends Serializable {
        void happen() throws Exception;
    }

    static void reset() {
        STARTS.set(0);
        MADE.set(false);
    }

    static boolean wasMade() {
        return MADE.get();
    }

    /** Starts of subtasks since the reset. */
    static int starts() {
        return STARTS.get();
    }

    @Override
    public void open(OpenContext context) {
        STARTS.incrementAndGet();
    }

    @Override
    public RestoreRecord map(RestoreRecord record) throws Exception {
        records++;
        if (moment == Moment.WHILE_PRODUCING && records > RECORDS_IN_BETWEEN && !uncommitted) {
            makeTrouble();
        }
        return record;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (moment == Moment.BEFORE_COMMIT && records > 0) {
            makeTrouble();
        }
        uncommitted |= records > 0;
        records = 0;
    }

    private void makeTrouble() throws Exception {
        if (committed && MADE.compareAndSet(false, true)) {
            trouble.happen();
        }
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        committed |= uncommitted;
        uncommitted = false;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        // has none
    }
}
