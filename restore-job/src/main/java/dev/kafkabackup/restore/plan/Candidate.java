// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * An incarnation that a selection may mean.
 *
 * @param incarnation which one
 * @param createdAt when the backup saw it first; shortly after its creation
 * @param restoredFrom the incarnation whose records a restore put into this one
 * @param partitionCount how many partitions it had; 1 or more
 * @param sources what would be read of each selected partition
 * @param records number of records of each selected partition in the backup, whatever else is selected
 */
record Candidate(
        TopicIncarnation incarnation,
        Instant createdAt,
        Optional<Uuid> restoredFrom,
        int partitionCount,
        Map<Integer, PlannedSource> sources,
        Map<Integer, Long> records) {

    boolean hasData() {
        return sources.values().stream().anyMatch(source -> !source.isEmpty());
    }

    /** Whether it has at least as many records as another one in each partition, so that it may replace it. */
    boolean holdsAsMuchAs(Candidate other) {
        return other.records.entrySet().stream()
                .allMatch(partition -> records.getOrDefault(partition.getKey(), 0L) >= partition.getValue());
    }

    /** For lists from which a user chooses. */
    @Override
    public String toString() {
        return "%s (seen since %s%s, %d partitions, %d records to read)"
                .formatted(
                        incarnation.id(),
                        createdAt,
                        restoredFrom.map(id -> ", restored from " + id).orElse(""),
                        partitionCount,
                        sources.values().stream()
                                .mapToLong(PlannedSource::recordsAtMost)
                                .sum());
    }
}
