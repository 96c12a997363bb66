// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Offsets of the topics that are restored into, as they are now. */
public final class TargetOffsets {

    private final Admin admin;

    /** @param admin for the target cluster; not closed here */
    public TargetOffsets(Admin admin) {
        this.admin = admin;
    }

    /**
     * First or last offsets of partitions.
     *
     * @throws FailedException if Kafka does not answer
     */
    Map<TopicPartition, Long> of(Collection<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(partition -> question.put(partition, which));
        try {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            KafkaConnection.await(admin.listOffsets(question).all())
                    .forEach((partition, info) -> offsets.put(partition, info.offset()));
            return offsets;
        } catch (KafkaException e) {
            throw new FailedException(
                    "The offsets of %s of the target cannot be read: %s"
                            .formatted(partitions.stream().findFirst().orElse(null), e.getMessage()),
                    e);
        }
    }

    /**
     * How many offsets were taken behind the planned start offsets, over all targets.
     *
     * @throws FailedException if Kafka does not answer
     */
    public long since(RestorePlan plan) {
        Map<TopicPartition, Long> starts = new HashMap<>();
        for (TopicPlan topic : plan.topics()) {
            for (PartitionPlan partition : topic.partitions()) {
                starts.put(new TopicPartition(topic.target(), partition.partition()), partition.targetStartOffset());
            }
        }
        Map<TopicPartition, Long> ends = of(starts.keySet(), OffsetSpec.latest());
        return starts.entrySet().stream()
                .mapToLong(start -> ends.getOrDefault(start.getKey(), start.getValue()) - start.getValue())
                .sum();
    }
}
