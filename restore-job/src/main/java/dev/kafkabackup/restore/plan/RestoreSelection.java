// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.restore.select.RecordSelection;
import java.util.Set;

/**
 * What a user wants to have restored of one topic, and where to.
 *
 * @param topic name of the topic in the backup
 * @param target name of the topic to restore into; may be the same
 * @param incarnations which incarnations of the name
 * @param partitions partition numbers; empty for all
 * @param records which records of these partitions
 */
public record RestoreSelection(
        String topic, String target, IncarnationChoice incarnations, Set<Integer> partitions, RecordSelection records) {

    /** @throws UsageException if offsets of several incarnations are meant */
    public RestoreSelection {
        partitions = Set.copyOf(partitions);
        if (incarnations instanceof IncarnationChoice.All && records.namesOffsets()) {
            throw new UsageException(
                    "Offsets mean something else in each incarnation of %s: with --topic-id all, select by time"
                            .formatted(topic));
        }
    }

    /** All records of the newest incarnation. */
    public static RestoreSelection of(String topic, String target) {
        return new RestoreSelection(topic, target, IncarnationChoice.NEWEST, Set.of(), RecordSelection.ALL);
    }

    boolean wants(int partition) {
        return partitions.isEmpty() || partitions.contains(partition);
    }
}
