// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.lag;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * Knows since when a log is longer than a given offset: the ends that were seen of it, each with the moment at which it
 * was first seen. However long the storage is away, few of them are kept; what is given up makes the answer a little
 * older than it is, never younger.
 *
 * <p>Not thread safe.
 */
final class SeenOffsets {

    /** How many moments are told apart; the error is below a fiftieth of the whole time. */
    private static final int LIMIT = 256;

    private final Deque<Seen> ends = new ArrayDeque<>();

    private record Seen(long endOffset, long atNanos) {}

    /** Takes in that the log ends here now. An end that is smaller than before means that it was truncated. */
    void see(long endOffset, long nowNanos) {
        long since = nowNanos;
        while (!ends.isEmpty() && ends.getLast().endOffset() > endOffset) {
            since = ends.removeLast().atNanos();
        }
        if (ends.isEmpty() || ends.getLast().endOffset() < endOffset) {
            ends.addLast(new Seen(endOffset, since));
        }
        if (ends.size() > LIMIT) {
            thinOut();
        }
    }

    /** Joins what was seen within a small part of the whole time, at its beginning. */
    private void thinOut() {
        long step = (ends.getLast().atNanos() - ends.getFirst().atNanos()) / (LIMIT / 2);
        Deque<Seen> all = new ArrayDeque<>(ends);
        ends.clear();
        while (!all.isEmpty()) {
            long from = all.getFirst().atNanos();
            long endOffset = all.getFirst().endOffset();
            while (!all.isEmpty() && all.getFirst().atNanos() - from <= step) {
                endOffset = all.removeFirst().endOffset();
            }
            ends.addLast(new Seen(endOffset, from));
        }
    }

    /**
     * When the log was first seen to reach beyond the offset, as {@link System#nanoTime()}; empty if it was not.
     *
     * @param offset not less than in the calls before, unless the log was truncated: what lies below is forgotten
     */
    OptionalLong longerSince(long offset) {
        while (!ends.isEmpty() && ends.getFirst().endOffset() <= offset) {
            ends.removeFirst();
        }
        return ends.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(ends.getFirst().atNanos());
    }
}
