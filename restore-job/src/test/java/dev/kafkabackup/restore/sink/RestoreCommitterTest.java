// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.junit.jupiter.api.Test;

/** A commit that Kafka refuses: the request must never be dropped. */
class RestoreCommitterTest {

    private final Request request = new Request();

    private void commit(TransactionLookup lookup) throws Exception {
        try (RestoreCommitter committer =
                new RestoreCommitter(new RefusedCommits(), lookup, Duration.ofMillis(1), "20260102-030405-abcd")) {
            committer.commit(List.of(request));
        }
    }

    private static TransactionLookup says(TransactionFate fate) {
        return new Lookup() {
            @Override
            public TransactionFate fate(KafkaCommittable transaction) {
                return fate;
            }
        };
    }

    @Test
    void aRepeatedCommitIsDone() throws Exception {
        commit(says(TransactionFate.COMMITTED));

        assertThat(request.outcome).isEqualTo("already committed");
    }

    @Test
    void anUndecidedOneIsTriedAgain() throws Exception {
        commit(says(TransactionFate.UNDECIDED));

        assertThat(request.outcome).isEqualTo("retry");
    }

    @Test
    void aLostOneEndsTheJobForGood() {
        assertThatThrownBy(() -> commit(says(TransactionFate.LOST)))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .isInstanceOf(LostTransactionException.class)
                .hasMessageContaining("Restore 20260102-030405-abcd")
                .hasMessageContaining("transaction restore-0-7")
                .hasMessageContaining("start it again with --restore-id 20260102-030405-abcd");
        assertThat(request.outcome).isEqualTo("none");
    }

    @Test
    void whileTheCoordinatorIsAwayItIsTriedAgain() throws Exception {
        commit(new Lookup() {
            @Override
            public TransactionFate fate(KafkaCommittable transaction) {
                throw new TimeoutException("no answer");
            }
        });

        assertThat(request.outcome).isEqualTo("retry");
    }

    @Test
    void withoutTheRightToLookItFails() {
        assertThatThrownBy(() -> commit(new Lookup() {
                    @Override
                    public TransactionFate fate(KafkaCommittable transaction) {
                        throw new TransactionalIdAuthorizationException("no DESCRIBE");
                    }
                }))
                .isInstanceOf(TransactionalIdAuthorizationException.class);
        assertThat(request.outcome).isEqualTo("none");
    }

    /** As Flink's committer does when a producer was fenced. */
    private static final class RefusedCommits implements Committer<KafkaCommittable> {

        @Override
        public void commit(Collection<CommitRequest<KafkaCommittable>> requests) {
            requests.forEach(request -> request.signalFailedWithKnownReason(new ProducerFencedException("fenced")));
        }

        @Override
        public void close() {}
    }

    private abstract static class Lookup implements TransactionLookup {

        @Override
        public void close() {}
    }

    private static final class Request implements Committer.CommitRequest<RestoreCommittable> {

        private String outcome = "none";

        @Override
        public RestoreCommittable getCommittable() {
            return new RestoreCommittable(new KafkaCommittable(4711, (short) 3, "restore-0-7", null), List.of());
        }

        @Override
        public int getNumberOfRetries() {
            return 1;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable t) {
            outcome = "dropped";
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable t) {
            outcome = "failed";
        }

        @Override
        public void retryLater() {
            outcome = "retry";
        }

        @Override
        public void updateAndRetryLater(RestoreCommittable committable) {
            outcome = "retry with another";
        }

        @Override
        public void signalAlreadyCommitted() {
            outcome = "already committed";
        }
    }
}
