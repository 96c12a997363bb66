// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import java.time.Instant;
import java.util.List;

/**
 * Everything that a restore will read and where it will produce it; fixed before the first record is produced and never
 * changed after that. Holds no address and no credential.
 *
 * @param restoreId names the restore, its folder below the root and its transactions
 * @param createdAt when it was planned
 * @param sourceClusterId id of the cluster that was backed up
 * @param targetClusterId id of the cluster that is restored into; may be the same
 * @param onCorrupt what is done about damage
 * @param topics each with its own target
 */
public record RestorePlan(
        String restoreId,
        Instant createdAt,
        String sourceClusterId,
        String targetClusterId,
        OnCorrupt onCorrupt,
        List<TopicPlan> topics) {

    public RestorePlan {
        topics = List.copyOf(topics);
    }

    /** The same plan with other topics, in which the target's offsets are known. */
    public RestorePlan withTopics(List<TopicPlan> known) {
        return new RestorePlan(restoreId, createdAt, sourceClusterId, targetClusterId, onCorrupt, known);
    }

    /** Number of records to produce, at most. */
    public long recordsAtMost() {
        return topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .mapToLong(PartitionPlan::recordsAtMost)
                .sum();
    }

    /** Number of partitions that have something to read. */
    public int partitionsToRead() {
        return (int) topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> !partition.isEmpty())
                .count();
    }
}
