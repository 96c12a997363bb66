// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.compare.TargetRecords;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Records that were in a target before the restored ones, and that a group which reads it has not come to: a group has
 * one position in a partition, so that it would be put behind them and never read them.
 */
final class UnreadBefore {

    private final KafkaConnection kafka;
    private final Admin admin;
    private final Map<TopicPartition, Long> restoredFrom = new HashMap<>();
    private final Map<Position, Optional<String>> looked = new HashMap<>();

    UnreadBefore(KafkaConnection kafka, Admin admin, RestorePlan plan) {
        this.kafka = kafka;
        this.admin = admin;
        for (TopicPlan topic : plan.topics()) {
            for (PartitionPlan partition : topic.partitions()) {
                restoredFrom.put(
                        new TopicPartition(topic.target(), partition.partition()), partition.targetStartOffset());
            }
        }
    }

    /**
     * Why a group must not be put into these partitions. What it has committed there counts, and nothing if there is no
     * commit: what it had read in the source says nothing about records that may have been produced since.
     *
     * @param partitions of the target
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    Optional<String> of(String group, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> question = partitions.stream()
                .filter(partition -> restoredFrom(partition) > 0)
                .collect(Collectors.toMap(partition -> partition, any -> OffsetSpec.earliest()));
        if (question.isEmpty()) {
            return Optional.empty();
        }
        Map<TopicPartition, OffsetAndMetadata> committed =
                KafkaConnection.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return KafkaConnection.await(admin.listOffsets(question).all()).entrySet().stream()
                .flatMap(begin -> {
                    TopicPartition partition = begin.getKey();
                    OffsetAndMetadata position = committed.get(partition);
                    long next = Math.max(begin.getValue().offset(), position == null ? 0 : position.offset());
                    return next >= restoredFrom(partition)
                            ? Stream.empty()
                            : looked.computeIfAbsent(new Position(partition, next), this::reason).stream();
                })
                .sorted()
                .findFirst();
    }

    private long restoredFrom(TopicPartition partition) {
        return restoredFrom.getOrDefault(partition, 0L);
    }

    /** None if there is no record but only markers of transactions: many clients commit the offset before them. */
    private Optional<String> reason(Position position) {
        TopicPartition partition = position.partition();
        long restored = restoredFrom(partition);
        try (TargetRecords unread = TargetRecords.between(kafka, partition, position.next(), restored)) {
            return unread.hasNext()
                    ? Optional.of(
                            "it has not read offsets %d to %d in partition %d of %s, which were there before the restored ones and which it would never read: let its consumers read them first, translate with the id of the restore that brought them, or, if it need not read them, put it behind them with kafka-consumer-groups.sh --reset-offsets"
                                    .formatted(
                                            unread.next().offset(),
                                            restored - 1,
                                            partition.partition(),
                                            partition.topic()))
                    : Optional.empty();
        } catch (FailedException e) {
            return Optional.of(
                    "nobody knows whether it has read what was there before the restored records: " + e.getMessage());
        }
    }

    /** @param next offset of the record that is read next in a partition */
    private record Position(TopicPartition partition, long next) {}
}
