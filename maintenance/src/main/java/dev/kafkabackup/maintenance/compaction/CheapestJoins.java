// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import java.util.ArrayList;
import java.util.List;

/**
 * Joins neighbours until few are left, always those that cost the least bytes for each that goes. Where all are alike
 * that joins many at once, and what is large is left out for as long as there is something smaller beside it.
 */
final class CheapestJoins {

    /** Neighbours that are joined in one step, at most: bounds the work for a long row. */
    private static final int WIDEST = 150;

    private CheapestJoins() {}

    /**
     * Neighbours that become one.
     *
     * @param first index of the first one
     * @param end index after the last one; two more than {@code first}, or larger
     */
    record Join(int first, int end) {}

    private record Part(long bytes, int first, int end) {}

    /**
     * What to join.
     *
     * @param bytes size of each, in their order
     * @param few how many are to be left, 1 or more
     */
    static List<Join> of(List<Long> bytes, int few) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < bytes.size(); i++) {
            parts.add(new Part(bytes.get(i), i, i + 1));
        }
        while (parts.size() > few) {
            Join cheapest = cheapest(parts);
            List<Part> joined = parts.subList(cheapest.first(), cheapest.end());
            Part one = new Part(
                    joined.stream().mapToLong(Part::bytes).sum(),
                    joined.get(0).first(),
                    joined.get(joined.size() - 1).end());
            joined.clear();
            parts.add(cheapest.first(), one);
        }
        return parts.stream()
                .filter(part -> part.end() - part.first() > 1)
                .map(part -> new Join(part.first(), part.end()))
                .toList();
    }

    private static Join cheapest(List<Part> parts) {
        Join cheapest = new Join(0, 2);
        double least = Double.MAX_VALUE;
        for (int first = 0; first < parts.size(); first++) {
            long bytes = parts.get(first).bytes();
            for (int last = first + 1; last < Math.min(parts.size(), first + WIDEST); last++) {
                bytes += parts.get(last).bytes();
                double cost = (double) bytes / (last - first);
                if (cost < least) {
                    least = cost;
                    cheapest = new Join(first, last + 1);
                }
            }
        }
        return cheapest;
    }
}
