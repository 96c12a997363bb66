// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * What a user wants to have restored of one topic, and where to.
 *
 * @param topic name of the topic in the backup
 * @param target name of the topic to restore into; may be the same
 * @param topicId the incarnation, or empty for the newest one that has wanted records
 * @param partitions partition numbers; empty for all
 * @param time wanted records by timestamp
 */
public record RestoreSelection(
        String topic, String target, Optional<Uuid> topicId, Set<Integer> partitions, TimeRange time) {

    public RestoreSelection {
        partitions = Set.copyOf(partitions);
    }

    /** All records of the newest incarnation. */
    public static RestoreSelection of(String topic, String target) {
        return new RestoreSelection(topic, target, Optional.empty(), Set.of(), TimeRange.UNBOUNDED);
    }

    boolean wants(int partition) {
        return partitions.isEmpty() || partitions.contains(partition);
    }
}
