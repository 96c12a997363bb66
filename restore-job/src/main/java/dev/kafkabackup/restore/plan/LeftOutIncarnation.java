// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * An incarnation of a selected topic that holds wanted records too, and is not restored because another one is.
 *
 * @param topicId which one
 * @param firstSeen when the backup saw it first; shortly after its creation
 * @param copies the incarnations with wanted records that a restore filled from it; none if it is just not the newest
 * @param recordsAtMost number of wanted records, at most
 * @param exact whether there are certainly so many
 * @param minTimestamp smallest timestamp in the segments that would be read, epoch ms; -1 if no record has one
 * @param maxTimestamp largest timestamp in the segments that would be read, epoch ms; -1 if no record has one
 */
public record LeftOutIncarnation(
        Uuid topicId,
        Instant firstSeen,
        List<Uuid> copies,
        long recordsAtMost,
        boolean exact,
        long minTimestamp,
        long maxTimestamp) {

    public LeftOutIncarnation {
        copies = List.copyOf(copies);
    }

    static LeftOutIncarnation of(Candidate candidate, List<Candidate> copies) {
        List<PlannedSource> sources = candidate.sources().values().stream()
                .filter(source -> !source.isEmpty())
                .toList();
        return new LeftOutIncarnation(
                candidate.incarnation().id(),
                candidate.createdAt(),
                copies.stream().map(copy -> copy.incarnation().id()).toList(),
                sources.stream().mapToLong(PlannedSource::recordsAtMost).sum(),
                sources.stream().allMatch(PlannedSource::exact),
                sources.stream()
                        .mapToLong(PlannedSource::minTimestamp)
                        .filter(timestamp -> timestamp >= 0)
                        .min()
                        .orElse(-1),
                sources.stream().mapToLong(PlannedSource::maxTimestamp).max().orElse(-1));
    }
}
