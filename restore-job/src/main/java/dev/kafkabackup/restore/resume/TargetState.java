// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.resume;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Looks whether the target has come to rest. */
final class TargetState {

    private static final Duration POLL = Duration.ofMillis(100);

    private final Admin admin;
    private final Duration patience;

    /**
     * @param admin not closed here
     * @param patience how long transactions of others may stay open
     */
    TargetState(Admin admin, Duration patience) {
        this.admin = admin;
        this.patience = patience;
    }

    /**
     * Waits until nothing in these partitions is undecided, so that their last stable offsets are their ends.
     *
     * @param endOurs ends the transactions that may be ended; called before each look
     * @throws RefusedException if somebody else's transaction stays open
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    void awaitNoOpenTransaction(Collection<TopicPartition> partitions, Runnable endOurs) throws InterruptedIOException {
        long giveUpAt = System.nanoTime() + patience.toNanos();
        while (true) {
            endOurs.run();
            Optional<TopicPartition> undecided = undecided(partitions);
            if (undecided.isEmpty()) {
                return;
            }
            if (System.nanoTime() > giveUpAt) {
                throw new RefusedException(
                        "Partition %d of %s has an open transaction that is not of this restore: somebody else writes to it; end it (kafka-transactions.sh), or restore into another topic"
                                .formatted(
                                        undecided.get().partition(),
                                        undecided.get().topic()));
            }
            pause();
        }
    }

    private Optional<TopicPartition> undecided(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> all = ends(partitions, IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, Long> stable = ends(partitions, IsolationLevel.READ_COMMITTED);
        return partitions.stream()
                .filter(partition -> stable.getOrDefault(partition, 0L) < all.getOrDefault(partition, 0L))
                .findFirst();
    }

    private Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions, IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(partition -> question.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> answer = KafkaConnection.await(
                admin.listOffsets(question, new ListOffsetsOptions(isolation)).all());
        Map<TopicPartition, Long> ends = new HashMap<>();
        answer.forEach((partition, info) -> ends.put(partition, info.offset()));
        return ends;
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while waiting for open transactions to end");
        }
    }
}
