// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What is to be restored into one topic.
 *
 * @param topic name in the backup
 * @param topicIds the incarnations of that name, in the order in which they are produced, by creation time; one or more
 * @param target name of the topic to restore into
 * @param targetId topic ID of the target; null until the target was looked at or created
 * @param partitionCount number of partitions that the largest incarnation had, also if not all are selected; 1 or more
 * @param selection which records are wanted
 * @param partitions the selected partitions, ascending; also those without a record
 * @param leftOut incarnations of the name that hold wanted records too, by creation time; null, in a plan of an older
 *     release, for none
 */
public record TopicPlan(
        String topic,
        List<Uuid> topicIds,
        String target,
        @Nullable Uuid targetId,
        int partitionCount,
        RecordSelection selection,
        List<PartitionPlan> partitions,
        @Nullable List<LeftOutIncarnation> leftOut) {

    /** @throws IllegalArgumentException if there is no incarnation */
    public TopicPlan {
        topicIds = List.copyOf(topicIds);
        partitions = List.copyOf(partitions);
        leftOut = leftOut == null ? List.of() : List.copyOf(leftOut);
        if (topicIds.isEmpty()) {
            throw new IllegalArgumentException("The plan for " + target + " has no incarnation of " + topic);
        }
    }

    /** Incarnations of the name that hold wanted records too, by creation time. */
    @Override
    public List<LeftOutIncarnation> leftOut() {
        return leftOut == null ? List.of() : leftOut;
    }

    /** The incarnations whose records are restored, in the order in which they are produced. */
    public List<TopicIncarnation> incarnations() {
        return topicIds.stream().map(id -> new TopicIncarnation(topic, id)).toList();
    }

    /** The incarnation that was created last. */
    public TopicIncarnation newestIncarnation() {
        return new TopicIncarnation(topic, topicIds.get(topicIds.size() - 1));
    }

    /** The partition of the backup that a part of a partition's plan is about. */
    public TopicIdPartition source(PartitionPlan partition, PlannedSource source) {
        return new TopicIdPartition(source.topicId(), partition.partition(), topic);
    }

    /** The same plan for a target that was looked at or created, whose offsets are known. */
    public TopicPlan prepared(Uuid id, List<PartitionPlan> known) {
        return new TopicPlan(topic, topicIds, target, id, partitionCount, selection, known, leftOut);
    }
}
