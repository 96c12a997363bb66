// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionDescription;

/** What became of a transaction whose commit Kafka has refused. */
enum TransactionFate {
    /** It is committed: the refusal answers a repeated commit. */
    COMMITTED,
    /** It may still be committed. */
    UNDECIDED,
    /** It was aborted, or nothing is known of it any more. */
    LOST;

    /**
     * Judges by what the transaction coordinator says about the transactional id. It speaks of our transaction only if
     * producer id and epoch are ours; since KIP-890 the epoch is raised by one when a transaction ends.
     */
    static TransactionFate of(TransactionDescription description, KafkaCommittable transaction) {
        boolean ourEpoch = description.producerEpoch() == transaction.getEpoch();
        boolean nextEpoch = description.producerEpoch() == transaction.getEpoch() + 1;
        if (description.producerId() != transaction.getProducerId() || !(ourEpoch || nextEpoch)) {
            return LOST;
        }
        return switch (description.state()) {
            case COMPLETE_COMMIT -> COMMITTED;
            case PREPARE_COMMIT -> UNDECIDED;
            // with the next epoch it would be somebody else's, begun after ours had ended
            case ONGOING -> ourEpoch ? UNDECIDED : LOST;
            default -> LOST;
        };
    }
}
