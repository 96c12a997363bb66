// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A value that is looked at again and again, and the answer to how low it was during a length of time in which somebody
 * really looked: the time between two sightings counts only if they are not further apart than
 * {@link #LONGEST_SILENCE}. So neither a clock that jumps nor a maintenance that was off for a month makes anything
 * look old.
 *
 * <p>Immutable.
 *
 * @param points by time; of two in the same moment the lower one counts
 */
public record Sightings(List<Sighting> points) {

    /** Nobody has looked yet. */
    public static final Sightings NONE = new Sightings(List.of());

    /** A little more than a day, so that it is enough to look once a day. */
    public static final Duration LONGEST_SILENCE = Duration.ofHours(25);

    /** Into so many parts the time that matters is divided; more sightings than that are not kept. */
    private static final int RESOLUTION = 24;

    public Sightings {
        points = sorted(points);
    }

    private static List<Sighting> sorted(Collection<Sighting> points) {
        Map<Instant, Long> byTime = new TreeMap<>();
        points.forEach(point -> byTime.merge(point.at(), point.value(), Math::min));
        return byTime.entrySet().stream()
                .map(point -> new Sighting(point.getKey(), point.getValue()))
                .toList();
    }

    /** What was seen last; empty if nobody has looked. */
    public Optional<Sighting> last() {
        return points.isEmpty() ? Optional.empty() : Optional.of(points.get(points.size() - 1));
    }

    /** What one observer saw, and what another one saw. */
    public Sightings with(Sightings others) {
        List<Sighting> all = new ArrayList<>(points);
        all.addAll(others.points);
        return new Sightings(all);
    }

    /** One more sighting. */
    public Sightings with(Instant at, long value) {
        return with(new Sightings(List.of(new Sighting(at, value))));
    }

    /**
     * The lowest value during the last so much time in which somebody looked, up to the last sighting.
     *
     * @param watched how much time has to be covered, 0 or more
     * @return empty if nobody has looked for that long
     */
    public OptionalLong lowestDuring(Duration watched) {
        Duration left = watched;
        long lowest = Long.MAX_VALUE;
        for (int i = points.size() - 1; i >= 0; i--) {
            lowest = Math.min(lowest, points.get(i).value());
            if (left.isZero()) {
                return OptionalLong.of(lowest);
            }
            if (i > 0) {
                Duration sinceBefore = watchedBetween(i - 1, i);
                left = sinceBefore.compareTo(left) >= 0 ? Duration.ZERO : left.minus(sinceBefore);
            }
        }
        return OptionalLong.empty();
    }

    /** For how long, up to the last sighting, somebody looked and saw at least this value; 0 if never. */
    public Duration watchedAtLeast(long value) {
        Duration watched = Duration.ZERO;
        for (int i = points.size() - 1; i > 0; i--) {
            if (points.get(i).value() < value || points.get(i - 1).value() < value) {
                break;
            }
            watched = watched.plus(watchedBetween(i - 1, i));
        }
        return watched;
    }

    private Duration watchedBetween(int earlier, int later) {
        Duration apart =
                Duration.between(points.get(earlier).at(), points.get(later).at());
        return apart.compareTo(LONGEST_SILENCE) <= 0 ? apart : Duration.ZERO;
    }

    /**
     * The same for all questions about no more than so much time, with fewer points: what is older is dropped, and a
     * point between two others goes if neither the time that was watched nor the lowest value would change by more than
     * a small part of it, and then only to the side of keeping more.
     */
    public Sightings thinned(Duration watched) {
        Duration step = min(watched.dividedBy(RESOLUTION), LONGEST_SILENCE);
        List<Sighting> kept = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            Sighting point = points.get(i);
            boolean between = !kept.isEmpty() && i + 1 < points.size();
            if (between) {
                Sighting before = kept.get(kept.size() - 1);
                Sighting after = points.get(i + 1);
                if (Duration.between(before.at(), after.at()).compareTo(step) <= 0
                        && point.value() >= Math.min(before.value(), after.value())) {
                    continue;
                }
            }
            kept.add(point);
        }
        return new Sightings(kept).recent(watched.plus(step));
    }

    private Sightings recent(Duration watched) {
        Duration left = watched;
        int first = points.size() - 1;
        while (first > 0 && !left.isNegative()) {
            left = left.minus(watchedBetween(first - 1, first));
            first--;
        }
        return first <= 0 ? this : new Sightings(points.subList(first, points.size()));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
