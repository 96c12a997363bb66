// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.lag;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * Where one partition stands: what was read of it, what of that is not published yet, and what Kafka has.
 *
 * <p>The durable offset is the first one that waits to be published, or the reader's position if nothing waits: then
 * there is nothing below it that could be lost (offsets without records are published with the next record). What Kafka
 * has removed is not waited for.
 *
 * <p>Thread safe.
 */
final class PartitionLag {

    /** First offset of each segment that holds records and is not published, in the order in which they were begun. */
    private final Deque<Long> waiting = new ArrayDeque<>();

    private final SeenOffsets lastStableOffsets = new SeenOffsets();
    private long position;
    private long logStartOffset;
    private long lastStableOffset;
    private boolean measured;
    private boolean ended;

    /** Reading goes on here. */
    synchronized void readingAt(long offset) {
        position = offset;
        ended = false;
    }

    /** The incarnation is gone; what waits of it is published nevertheless. */
    synchronized void end() {
        ended = true;
    }

    /** A segment begins to hold records; it covers this offset first. */
    synchronized void waitFrom(long offset) {
        waiting.addLast(offset);
    }

    /** The segment that was begun first is published. */
    synchronized void published() {
        waiting.pollFirst();
    }

    /** The segment that was begun last is given up; what it held is read again. */
    synchronized void dropped() {
        waiting.pollLast();
    }

    /** Whether nobody has to know of it any more. */
    synchronized boolean isOver() {
        return ended && waiting.isEmpty();
    }

    /** Takes in what Kafka says. */
    synchronized void measure(long logStart, long lastStable, long nowNanos) {
        logStartOffset = logStart;
        lastStableOffset = lastStable;
        lastStableOffsets.see(lastStable, nowNanos);
        measured = true;
    }

    private long durable() {
        long first = waiting.stream().mapToLong(Long::longValue).min().orElse(position);
        return Math.max(Math.min(first, position), logStartOffset);
    }

    /** Everything that Kafka served before it is in the backup; empty before Kafka was asked, or if it is gone. */
    synchronized OptionalLong durableOffset() {
        return measured && !ended ? OptionalLong.of(durable()) : OptionalLong.empty();
    }

    /** Offsets from the durable offset up to the last stable offset that was seen last; 0 if the partition is gone. */
    synchronized long records() {
        return ended ? 0 : Math.max(0, lastStableOffset - durable());
    }

    /** For how long the last stable offset has been beyond the durable offset, in seconds; 0 if it is not. */
    synchronized double seconds(long nowNanos) {
        OptionalLong since = lastStableOffsets.longerSince(durable());
        return ended || since.isEmpty() ? 0 : (nowNanos - since.getAsLong()) / 1e9;
    }
}
