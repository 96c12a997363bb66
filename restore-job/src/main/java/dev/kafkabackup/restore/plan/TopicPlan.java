// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.topic.TopicIncarnation;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What is to be restored of one topic incarnation.
 *
 * @param topic name in the backup
 * @param topicId the incarnation
 * @param target name of the topic to restore into
 * @param targetId topic ID of the target; null until the target was looked at or created
 * @param partitionCount number of partitions that the topic had, also if not all of them are selected; 1 or more
 * @param time wanted records by timestamp
 * @param partitions the selected partitions, ascending; also those without a record
 */
public record TopicPlan(
        String topic,
        Uuid topicId,
        String target,
        @Nullable Uuid targetId,
        int partitionCount,
        TimeRange time,
        List<PartitionPlan> partitions) {

    public TopicPlan {
        partitions = List.copyOf(partitions);
    }

    /** The incarnation whose records are restored. */
    public TopicIncarnation incarnation() {
        return new TopicIncarnation(topic, topicId);
    }

    /** The same plan for a target that was looked at or created, whose offsets are known. */
    public TopicPlan prepared(Uuid id, List<PartitionPlan> known) {
        return new TopicPlan(topic, topicId, target, id, partitionCount, time, known);
    }
}
