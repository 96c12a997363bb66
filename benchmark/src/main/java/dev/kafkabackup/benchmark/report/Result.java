// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.report;

import dev.kafkabackup.benchmark.process.Measured;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * What all rounds of one contestant gave.
 *
 * @param name of the contestant
 * @param description its settings
 * @param rounds in the order in which they were run; each was checked
 * @param storedBytes of the last round, -1 if it stores none
 */
public record Result(String name, String description, List<Measured> rounds, long storedBytes) {

    /** Copies the list. */
    public Result {
        rounds = List.copyOf(rounds);
    }

    /** Median wall time; of an even number of rounds the upper one. */
    public double wallSeconds() {
        return seconds(sorted(Measured::wall).get(rounds.size() / 2));
    }

    /** The shortest wall time. */
    public double shortestWallSeconds() {
        return seconds(sorted(Measured::wall).get(0));
    }

    /** The longest wall time. */
    public double longestWallSeconds() {
        return seconds(sorted(Measured::wall).get(rounds.size() - 1));
    }

    /** Median CPU time; of an even number of rounds the upper one. */
    public double cpuSeconds() {
        return seconds(sorted(Measured::cpu).get(rounds.size() / 2));
    }

    private List<Duration> sorted(Function<Measured, Duration> which) {
        return rounds.stream().map(which).sorted(Comparator.naturalOrder()).toList();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
