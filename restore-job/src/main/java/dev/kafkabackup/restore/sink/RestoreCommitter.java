// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits through Flink's Kafka committer, but never lets a transaction go that it could not commit: Flink would finish
 * the job successfully with records missing. Its fate is looked up instead.
 *
 * <p>Flink calls every method from the task thread.
 */
final class RestoreCommitter implements Committer<RestoreCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(RestoreCommitter.class);

    private final Committer<KafkaCommittable> kafka;
    private final TransactionLookup transactions;
    private final Duration firstPause;
    private final String restoreId;

    /**
     * @param kafka Flink's committer; closed together with this one
     * @param transactions closed together with this committer
     * @param firstPause before the first retry; each further one waits twice as long
     * @param restoreId for messages
     */
    RestoreCommitter(
            Committer<KafkaCommittable> kafka, TransactionLookup transactions, Duration firstPause, String restoreId) {
        this.kafka = kafka;
        this.transactions = transactions;
        this.firstPause = firstPause;
        this.restoreId = restoreId;
    }

    @Override
    public void commit(Collection<CommitRequest<RestoreCommittable>> requests)
            throws IOException, InterruptedException {
        // Flink retries at once, a few times
        int retries = requests.stream()
                .mapToInt(CommitRequest::getNumberOfRetries)
                .max()
                .orElse(0);
        if (retries > 0) {
            Thread.sleep(firstPause.toMillis() << Math.min(retries - 1, 10));
        }
        List<CommitRequest<KafkaCommittable>> unwrapped = new ArrayList<>();
        for (CommitRequest<RestoreCommittable> request : requests) {
            KafkaCommittable transaction = request.getCommittable().transaction();
            if (transaction != null) {
                unwrapped.add(new KafkaRequest(request, transaction));
            }
        }
        kafka.commit(unwrapped);
    }

    @Override
    public void close() throws Exception {
        try (transactions) {
            kafka.close();
        }
    }

    /** Shows Flink's committer the transaction in a request, and decides what a refusal means. */
    private final class KafkaRequest implements CommitRequest<KafkaCommittable> {

        private final CommitRequest<RestoreCommittable> request;
        private final KafkaCommittable transaction;

        KafkaRequest(CommitRequest<RestoreCommittable> request, KafkaCommittable transaction) {
            this.request = request;
            this.transaction = transaction;
        }

        @Override
        public KafkaCommittable getCommittable() {
            return transaction;
        }

        @Override
        public int getNumberOfRetries() {
            return request.getNumberOfRetries();
        }

        /** The "known reasons" are a repeated commit, which is harmless, and an aborted transaction, which is not. */
        @Override
        public void signalFailedWithKnownReason(Throwable refusal) {
            switch (fate(refusal)) {
                case COMMITTED -> request.signalAlreadyCommitted();
                case UNDECIDED -> request.retryLater();
                case LOST ->
                    throw new SuppressRestartsException(new LostTransactionException(
                            restoreId, getCommittable().getTransactionalId(), refusal));
            }
        }

        private TransactionFate fate(Throwable refusal) {
            try {
                return transactions.fate(getCommittable());
            } catch (RetriableException e) {
                LOG.warn("The fate of {} cannot be looked up now", getCommittable(), e);
                return TransactionFate.UNDECIDED;
            } catch (KafkaException e) {
                e.addSuppressed(refusal);
                throw e;
            }
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable failure) {
            request.signalFailedWithUnknownReason(failure);
        }

        @Override
        public void retryLater() {
            request.retryLater();
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable updated) {
            request.updateAndRetryLater(
                    new RestoreCommittable(updated, request.getCommittable().runs()));
        }

        @Override
        public void signalAlreadyCommitted() {
            request.signalAlreadyCommitted();
        }

        /** Flink's committer logs it. */
        @Override
        public String toString() {
            return request.getCommittable().toString();
        }
    }
}
