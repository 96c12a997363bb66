// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.error.RefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Chooses among the incarnations of a name.
 *
 * <p>A restored topic lives on: what was restored into it is in the backup twice, in the origin and in the copy. The
 * copy counts, because it has what was produced since, and the origin does not. But a copy that has fewer records than
 * its origin was restored in part, or has lost some, and one whose restore has not finished may lack any: then only the
 * user can say which of the two is meant.
 */
final class IncarnationSelector {

    private static final Comparator<Candidate> BY_CREATION = Comparator.comparing(Candidate::createdAt)
            .thenComparing(candidate -> candidate.incarnation().id().toString());

    private IncarnationSelector() {}

    /**
     * The incarnations to restore, in the order in which they are produced.
     *
     * @param candidates one or more, of one topic name
     * @throws RefusedException if only the user can say which one is meant
     */
    static List<Candidate> select(IncarnationChoice choice, List<Candidate> candidates) {
        if (choice instanceof IncarnationChoice.One) {
            return candidates;
        }
        List<Candidate> withData = new ArrayList<>(candidates.stream()
                .filter(Candidate::hasData)
                .sorted(BY_CREATION)
                .toList());
        withData.removeAll(origins(withData));
        if (choice instanceof IncarnationChoice.All) {
            return withData.isEmpty() ? newest(candidates) : withData;
        }
        return newest(withData.isEmpty() ? candidates : withData);
    }

    /** The others that hold wanted records, by their creation. */
    static List<LeftOutIncarnation> leftOut(List<Candidate> selected, List<Candidate> candidates) {
        List<Candidate> withData = candidates.stream()
                .filter(Candidate::hasData)
                .sorted(BY_CREATION)
                .toList();
        return withData.stream()
                .filter(candidate -> !selected.contains(candidate))
                .map(candidate -> LeftOutIncarnation.of(
                        candidate,
                        withData.stream()
                                .filter(copy -> copy.restoredFrom()
                                        .contains(candidate.incarnation().id()))
                                .toList()))
                .toList();
    }

    private static List<Candidate> origins(List<Candidate> candidates) {
        List<Candidate> all = new ArrayList<>();
        for (Candidate copy : candidates) {
            List<Candidate> origins = candidates.stream()
                    .filter(origin ->
                            copy.restoredFrom().contains(origin.incarnation().id()))
                    .toList();
            if (!origins.isEmpty() && !copy.unfinished().isEmpty()) {
                throw ambiguous(
                        "one was restored from another one by restore %1$s, which has not finished (--restore-id %1$s goes on with it)"
                                .formatted(copy.unfinished().get(0)),
                        candidates);
            }
            if (!copy.holdsAsMuchAs(origins)) {
                throw ambiguous("one was restored from another one and has fewer records than it", candidates);
            }
            all.addAll(origins);
        }
        return all;
    }

    private static List<Candidate> newest(List<Candidate> candidates) {
        Instant newest = candidates.stream()
                .map(Candidate::createdAt)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        List<Candidate> created = candidates.stream()
                .filter(candidate -> candidate.createdAt().equals(newest))
                .toList();
        if (created.size() > 1 && created.stream().anyMatch(Candidate::hasData)) {
            throw ambiguous("nothing says which is the newest", created);
        }
        return List.of(created.get(0));
    }

    private static RefusedException ambiguous(String why, List<Candidate> candidates) {
        return new RefusedException("Topic %s has %d incarnations that may be meant, and %s: choose with --topic-id: %s"
                .formatted(
                        candidates.get(0).incarnation().name(),
                        candidates.size(),
                        why,
                        candidates.stream().map(Candidate::toString).collect(Collectors.joining("; "))));
    }
}
