// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.flink;

import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.restore.source.SegmentSource;
import java.io.IOException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.util.SerializedThrowable;
import org.jspecify.annotations.Nullable;

/** How a job ended, for the reader of one line. */
public final class JobEnd {

    private JobEnd() {}

    /**
     * Makes sure that a job did what it was to do.
     *
     * @throws BackupException what it failed with
     */
    public static void requireSuccess(JobResult result) {
        result.getSerializedThrowable().ifPresent(serialized -> {
            throw failure(serialized);
        });
        if (!result.isSuccess()) {
            throw new FailedException("The job was cancelled");
        }
        try {
            requireAllRead(result.toJobExecutionResult(JobEnd.class.getClassLoader()));
        } catch (JobExecutionException | IOException | ClassNotFoundException e) {
            throw failure(e);
        }
    }

    /**
     * Makes sure that a job that ends by itself did so: stopped with a savepoint, it looks like one that is done.
     *
     * @throws FailedException if it was stopped
     */
    public static void requireAllRead(JobExecutionResult result) {
        @Nullable Double subtasks = result.getAccumulatorResult(SegmentSource.STILL_READING);
        if (subtasks != null && subtasks > 0) {
            throw new FailedException(
                    "The job was stopped with a savepoint before everything was restored: start it again with the same --restore-id");
        }
    }

    /** What a job failed with: what was meant for the user, wherever in the chain of causes. */
    public static BackupException failure(Throwable thrown) {
        Throwable root = thrown;
        for (@Nullable Throwable cause = thrown; cause != null; cause = next(cause)) {
            if (cause instanceof BackupException backupException) {
                return backupException;
            }
            root = cause;
        }
        return new FailedException("The job failed: " + root, thrown);
    }

    private static @Nullable Throwable next(Throwable thrown) {
        if (thrown instanceof SerializedThrowable serialized) {
            Throwable original = serialized.deserializeError(JobEnd.class.getClassLoader());
            if (original != serialized) {
                return original;
            }
        }
        return thrown.getCause();
    }
}
