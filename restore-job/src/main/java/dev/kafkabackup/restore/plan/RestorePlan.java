// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.error.FailedException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /** Objects of the backup that look like segments and are none, so that their records cannot be restored. */
    public List<Damage> damaged() {
        return sources().flatMap(source -> source.damaged().stream()).toList();
    }

    /**
     * Checks that nothing is known to be damaged, or that it is to be skipped.
     *
     * @throws FailedException naming objects and offsets
     */
    public void requireUndamaged() {
        List<Damage> damaged = damaged();
        if (onCorrupt == OnCorrupt.STOP && !damaged.isEmpty()) {
            throw new FailedException(
                    "The backup is damaged: %s; with --on-corrupt skip the rest is restored and the loss reported"
                            .formatted(damaged.stream().map(Damage::toString).collect(Collectors.joining("; "))));
        }
    }

    private Stream<PlannedSource> sources() {
        return topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .flatMap(partition -> partition.sources().stream());
    }

    /** Number of records to produce, at most. */
    public long recordsAtMost() {
        return sources().mapToLong(PlannedSource::recordsAtMost).sum();
    }

    /** Number of partitions that have something to read. */
    public int partitionsToRead() {
        return (int) topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> !partition.isEmpty())
                .count();
    }
}
