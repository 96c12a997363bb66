// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordPredicate;
import dev.kafkabackup.restore.source.SelectedRecords;
import dev.kafkabackup.storage.BackupStorage;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition of the target and what a plan says that it gets.
 *
 * @param plan of the whole restore
 * @param topic its part for the topic
 * @param partition its part for the partition
 */
public record PlannedPartition(RestorePlan plan, TopicPlan topic, PartitionPlan partition) {

    /** Every target partition of a plan, in its order; also those that get no record. */
    public static List<PlannedPartition> of(RestorePlan plan) {
        return plan.topics().stream()
                .flatMap(topic ->
                        topic.partitions().stream().map(partition -> new PlannedPartition(plan, topic, partition)))
                .toList();
    }

    /** Where the records go. */
    public TopicPartition target() {
        return new TopicPartition(topic.target(), partition.partition());
    }

    /** Where the records come from, in the order in which they are produced. */
    public List<TopicIdPartition> sources() {
        return partition.sources().stream()
                .map(source -> topic.source(partition, source))
                .toList();
    }

    /**
     * The records that the partition gets, from the first one on, in the order in which they are produced.
     *
     * @param storage where the backup lies; closed together with the records
     */
    SelectedRecords records(BackupStorage storage) {
        return SelectedRecords.of(storage, plan, topic, partition, RecordPredicate.contextClassLoader());
    }
}
