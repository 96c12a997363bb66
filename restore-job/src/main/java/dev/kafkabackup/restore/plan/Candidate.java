// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * An incarnation that a selection may mean.
 *
 * @param incarnation which one
 * @param createdAt when the backup saw it first; shortly after its creation
 * @param restoredFrom the incarnations whose records a restore put into this one; mostly none
 * @param unfinished ids of the restores that were to put them there and have not finished; mostly none
 * @param partitionCount how many partitions it had; 1 or more
 * @param sources what would be read of each selected partition
 * @param records number of records of each selected partition in the backup, whatever else is selected
 */
record Candidate(
        TopicIncarnation incarnation,
        Instant createdAt,
        Set<Uuid> restoredFrom,
        List<String> unfinished,
        int partitionCount,
        Map<Integer, PlannedSource> sources,
        Map<Integer, Long> records) {

    boolean hasData() {
        return sources.values().stream().anyMatch(source -> !source.isEmpty());
    }

    /** Whether it has at least as many records as others together in each partition, so that it may replace them. */
    boolean holdsAsMuchAs(List<Candidate> others) {
        Map<Integer, Long> theirs = new TreeMap<>();
        others.forEach(other -> other.records.forEach((partition, count) -> theirs.merge(partition, count, Long::sum)));
        return theirs.entrySet().stream()
                .allMatch(partition -> records.getOrDefault(partition.getKey(), 0L) >= partition.getValue());
    }

    /** For lists from which a user chooses. */
    @Override
    public String toString() {
        return "%s (seen since %s%s, %d partitions, %d records to read)"
                .formatted(
                        incarnation.id(),
                        createdAt,
                        restoredFrom.isEmpty()
                                ? ""
                                : ", restored from "
                                        + restoredFrom.stream()
                                                .map(Uuid::toString)
                                                .sorted()
                                                .collect(Collectors.joining(" and ")),
                        partitionCount,
                        sources.values().stream()
                                .mapToLong(PlannedSource::recordsAtMost)
                                .sum());
    }
}
