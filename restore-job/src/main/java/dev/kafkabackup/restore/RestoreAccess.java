// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.attempt.AttemptStore;
import dev.kafkabackup.restore.check.NeededTransactions;
import dev.kafkabackup.restore.check.TargetOptions;
import dev.kafkabackup.restore.check.TargetTopics;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProducerSettings;
import dev.kafkabackup.restore.sink.RestoreTransactions;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/**
 * What every step of a restore works with.
 *
 * @param config how it runs
 * @param clock of this host
 * @param storage where the backup lies
 * @param admin of the target
 */
record RestoreAccess(RestoreConfig config, Clock clock, BackupStorage storage, Admin admin) implements AutoCloseable {

    String restoreId() {
        return config.restoreId();
    }

    boolean inTransactions() {
        return config.produce().delivery() == Delivery.EXACTLY_ONCE;
    }

    AttemptStore attempts() {
        return new AttemptStore(storage, restoreId());
    }

    TargetTopics targetTopics(TargetOptions options) {
        return new TargetTopics(admin, storage, clock, options, transactions());
    }

    /** Those that records are produced in; empty if they are produced without. */
    Optional<NeededTransactions> transactions() {
        return inTransactions()
                ? Optional.of(new NeededTransactions(
                        RestoreTransactions.prefix(restoreId()), ProducerSettings.transactionTimeout(config.kafka())))
                : Optional.empty();
    }

    /** Records of the offset map as it is now. */
    OffsetMap offsetMap() throws IOException {
        return new OffsetMapStore(storage, BackupLayout.restore(restoreId())).read();
    }

    /**
     * Takes a step that needs the storage.
     *
     * @param what is done with the storage, for the message
     * @throws FailedException if the storage fails
     */
    <T> T withStorage(String what, StorageStep<T> step) {
        try {
            return step.run();
        } catch (IOException e) {
            throw new FailedException(
                    "The storage %s cannot be %s: %s; check --storage, its rights, and the s3.* settings in --flink-conf"
                            .formatted(storage.root(), what, e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        storage.close();
        // a question that nobody waits for any more may be open for as long as a transaction
        admin.close(KafkaConnection.CALL_TIMEOUT);
    }

    @FunctionalInterface
    interface StorageStep<T> {
        T run() throws IOException;
    }
}
