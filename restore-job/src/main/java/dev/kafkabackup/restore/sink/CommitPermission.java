// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.attempt.AttemptStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.RetryingStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Duration;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Only the newest attempt of a restore may commit; {@link AttemptStore} says why that is enough. */
final class CommitPermission implements AutoCloseable {

    /** How long storage may be away before the task fails over. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final BackupStorage storage;
    private final AttemptStore attempts;
    private final AttemptId attempt;

    CommitPermission(StorageLocation location, String restoreId, AttemptId attempt) {
        this.storage = new RetryingStorage(location.open(), PATIENCE);
        this.attempts = new AttemptStore(storage, restoreId);
        this.attempt = attempt;
    }

    /**
     * To be called when every record of the transaction was acknowledged, and before it is handed on to be committed.
     *
     * @throws SuppressRestartsException if there is a newer attempt: this one has nothing to do any more
     */
    void require() throws IOException {
        try {
            attempts.requireNewest(attempt);
        } catch (RefusedException e) {
            throw new SuppressRestartsException(e);
        }
    }

    @Override
    public void close() {
        storage.close();
    }
}
