// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.RetryingStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableSummary;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the runs of every committed transaction before anything else happens. A failure here fails the task, whose
 * checkpoint still has the transaction: it is found committed then, comes here again, and the same files are written
 * again.
 */
final class OffsetMapWriter extends ProcessFunction<CommittableMessage<RestoreCommittable>, Void> {

    private static final long serialVersionUID = 1L;

    /** How long storage may be away before the task fails over. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final StorageLocation location;
    private final String restoreId;
    private final AttemptId attempt;
    private transient @Nullable BackupStorage storage;
    private transient @Nullable CommitPermission permission;

    OffsetMapWriter(StorageLocation location, String restoreId, AttemptId attempt) {
        this.location = location;
        this.restoreId = restoreId;
        this.attempt = attempt;
    }

    @Override
    public void open(OpenContext context) {
        storage = new RetryingStorage(location.open(), PATIENCE);
        permission = new CommitPermission(location, restoreId, attempt);
    }

    @Override
    public void processElement(CommittableMessage<RestoreCommittable> message, Context context, Collector<Void> out)
            throws IOException {
        if (message instanceof CommittableWithLineage<RestoreCommittable> committed) {
            RestoreCommittable committable = committed.getCommittable();
            if (committable.transaction() == null && permission != null) {
                // nothing fences what is produced without transactions: a newer attempt has its own map of it
                permission.require();
            }
            store().write(committable.runs());
        } else if (message instanceof CommittableSummary<RestoreCommittable> summary
                && summary.getNumberOfFailedCommittables() > 0) {
            throw new IllegalStateException(
                    "Restore " + restoreId + ": a committer has dropped a transaction: " + summary);
        }
    }

    private OffsetMapStore store() {
        if (storage == null) {
            throw new IllegalStateException("The offset-map writer is not open");
        }
        return new OffsetMapStore(storage, BackupLayout.restore(restoreId));
    }

    @Override
    public void close() {
        if (permission != null) {
            permission.close();
            permission = null;
        }
        if (storage != null) {
            storage.close();
            storage = null;
        }
    }
}
