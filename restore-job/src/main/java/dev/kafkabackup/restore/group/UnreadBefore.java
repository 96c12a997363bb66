// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Records that were in a target before the restored ones, and that a group which reads it has not come to: a group has
 * one position in a partition, so that it would be put behind them and never read them.
 */
final class UnreadBefore {

    private final Admin admin;
    private final Map<TopicPartition, Long> restoredFrom = new HashMap<>();

    UnreadBefore(Admin admin, RestorePlan plan) {
        this.admin = admin;
        for (TopicPlan topic : plan.topics()) {
            for (PartitionPlan partition : topic.partitions()) {
                restoredFrom.put(
                        new TopicPartition(topic.target(), partition.partition()), partition.targetStartOffset());
            }
        }
    }

    /**
     * Why a group must not be put into these partitions. Where it has committed nothing there yet, what it had
     * committed in the source tells whether it has read what came before the restored records.
     *
     * @param beforeAll for each partition of the target, see {@link TranslatedOffset#beforeAll}
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    Optional<String> of(String group, Map<TopicPartition, Boolean> beforeAll) {
        Map<TopicPartition, OffsetSpec> question = beforeAll.keySet().stream()
                .filter(partition -> restoredFrom.getOrDefault(partition, 0L) > 0)
                .collect(Collectors.toMap(partition -> partition, any -> OffsetSpec.earliest()));
        if (question.isEmpty()) {
            return Optional.empty();
        }
        Map<TopicPartition, OffsetAndMetadata> committed =
                KafkaConnection.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return KafkaConnection.await(admin.listOffsets(question).all()).entrySet().stream()
                .flatMap(begin -> {
                    TopicPartition partition = begin.getKey();
                    long restored = restoredFrom.getOrDefault(partition, 0L);
                    OffsetAndMetadata position = committed.get(partition);
                    long read = position != null
                            ? position.offset()
                            : beforeAll.getOrDefault(partition, false) ? 0 : restored;
                    return reason(partition, Math.max(begin.getValue().offset(), read), restored).stream();
                })
                .sorted()
                .findFirst();
    }

    private static Optional<String> reason(TopicPartition partition, long next, long restored) {
        return next >= restored
                ? Optional.empty()
                : Optional.of(
                        "it has not read offsets %d to %d in partition %d of %s, which were there before the restored ones and which it would never read: let its consumers read them first, or translate with the id of the restore that brought them"
                                .formatted(next, restored - 1, partition.partition(), partition.topic()));
    }
}
