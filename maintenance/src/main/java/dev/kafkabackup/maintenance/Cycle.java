// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One cycle: what is known at its start, and what becomes of it. Used from one thread.
 *
 * <p>A class and not a record because findings are added while it runs.
 */
final class Cycle {

    private final StorageClock.Reading clock;
    private final Map<TopicIncarnation, Seen> seen;
    private final Set<TopicIncarnation> toBeConfirmed;
    private final Remover remover;
    private final Set<TopicIncarnation> disregarded = new HashSet<>();
    private final List<Removal> removals = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int merges;
    private long mergedBytes;

    /**
     * @param seen what Kafka said about each incarnation
     * @param toBeConfirmed deleted incarnations that an operator has to confirm
     */
    Cycle(
            StorageClock.Reading clock,
            Map<TopicIncarnation, Seen> seen,
            Set<TopicIncarnation> toBeConfirmed,
            Remover remover) {
        this.clock = clock;
        this.seen = seen;
        this.toBeConfirmed = toBeConfirmed;
        this.remover = remover;
    }

    StorageClock.Reading clock() {
        return clock;
    }

    /** What Kafka said about it could not be remembered: without it, what is remembered proves nothing. */
    void disregard(TopicIncarnation topic) {
        disregarded.add(topic);
    }

    Seen seen(TopicIncarnation topic) {
        if (disregarded.contains(topic)) {
            return new Seen.NotTold("what was seen now could not be remembered");
        }
        return seen.getOrDefault(topic, new Seen.NotTold("it was not asked for"));
    }

    boolean isToBeConfirmed(TopicIncarnation topic) {
        return toBeConfirmed.contains(topic);
    }

    Remover remover() {
        return remover;
    }

    void add(Removal removal) {
        removals.add(removal);
    }

    void addMerge(long bytes) {
        merges++;
        mergedBytes += bytes;
    }

    void addFailure(String failure) {
        failures.add(failure);
    }

    CycleReport report() {
        return new CycleReport(
                clock.now(),
                removals,
                Refusals.of(clock, seen, toBeConfirmed, removals),
                merges,
                mergedBytes,
                failures);
    }
}
