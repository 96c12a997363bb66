// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.restore.record.RestoreRecord;
import org.apache.flink.api.common.functions.MapFunction;
import org.jspecify.annotations.Nullable;

/** Does something once in the middle of a job, on the way from the source to the sink. */
final class RecordHook implements MapFunction<RestoreRecord, RestoreRecord> {

    private static final long serialVersionUID = 1L;

    private static @Nullable Action action;
    private static int recordsLeft;
    private static long passed;
    private static long lastNanos;

    /** Does it when so many records have passed. */
    static synchronized void at(int records, Action wanted) {
        recordsLeft = records;
        passed = 0;
        action = wanted;
    }

    static synchronized boolean wasCalled() {
        return action == null;
    }

    /** How many records have passed since; more than there are if a task was restarted. */
    static synchronized long passed() {
        return passed;
    }

    /** When the last one passed, as {@link System#nanoTime()}. */
    static synchronized long lastNanos() {
        return lastNanos;
    }

    @Override
    public RestoreRecord map(RestoreRecord record) throws Exception {
        pass();
        return record;
    }

    private static synchronized void pass() throws Exception {
        passed++;
        lastNanos = System.nanoTime();
        Action wanted = action;
        if (wanted != null && --recordsLeft == 0) {
            wanted.run();
            action = null;
        }
    }

    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }
}
