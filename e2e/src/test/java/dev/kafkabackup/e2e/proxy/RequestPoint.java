// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import dev.kafkabackup.testing.Turnstile.Direction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.function.Predicate;

/**
 * A moment in the run of a process that does not depend on any clock.
 *
 * @param request what is asked of whom
 * @param number how many requests of this kind have come by then, this one included; 1 or more
 * @param direction {@code REQUEST}: the server has not seen it; {@code ANSWER}: it has done what was asked, and the
 *     process does not know
 */
public record RequestPoint(String request, int number, Direction direction) {

    /**
     * Points all over a run: every kind of request in turn, before and after the server's part, and each time another
     * number.
     *
     * @param recorded how many requests of each kind a run had; the number of a point is below that, because no two
     *     runs are the same
     * @param which the kinds of requests that are wanted
     */
    public static List<RequestPoint> choose(
            NavigableMap<String, Integer> recorded, Predicate<String> which, int count, Random random) {
        List<String> kinds =
                new ArrayList<>(recorded.keySet().stream().filter(which).toList());
        Collections.shuffle(kinds, random);
        List<RequestPoint> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String kind = kinds.get(i % kinds.size());
            int number = 1 + random.nextInt(Math.max(1, recorded.get(kind) * 3 / 4));
            points.add(new RequestPoint(kind, number, random.nextBoolean() ? Direction.REQUEST : Direction.ANSWER));
        }
        return points;
    }

    @Override
    public String toString() {
        return "%s of %s %d".formatted(direction, request, number);
    }
}
