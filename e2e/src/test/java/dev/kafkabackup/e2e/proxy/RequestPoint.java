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
     * Points all over a run, before and after the server's part: in turns one of each kind of request, however rare,
     * and one of any requests, among which the kinds that are many are many here as well.
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
        List<String> requests = kinds.stream()
                .flatMap(kind -> Collections.nCopies(recorded.get(kind), kind).stream())
                .toList();
        List<RequestPoint> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String kind = i % 2 == 0 ? kinds.get(i / 2 % kinds.size()) : requests.get(random.nextInt(requests.size()));
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
