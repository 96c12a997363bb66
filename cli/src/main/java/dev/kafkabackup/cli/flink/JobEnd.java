// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.flink;

import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.error.FailedException;
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
