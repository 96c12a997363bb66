// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.progress;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * How fast something went lately. Transactions are committed, and segments are loaded, in bursts: a rate between two
 * moments a second apart would jump.
 *
 * <p>Not thread safe.
 */
final class Pace {

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Deque<Sample> samples = new ArrayDeque<>();

    /**
     * Takes a sample; to be called in the order of time.
     *
     * @param nanos as {@link System#nanoTime()}
     * @param records since the beginning
     * @param bytes since the beginning
     */
    void add(long nanos, long records, long bytes) {
        samples.addLast(new Sample(nanos, records, bytes));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Records in a second; 0 until there are two samples. */
    double recordsPerSecond() {
        return samples.isEmpty()
                ? 0
                : perSecond(samples.getLast().records() - samples.getFirst().records());
    }

    /** Bytes in a second; 0 until there are two samples. */
    double bytesPerSecond() {
        return samples.isEmpty()
                ? 0
                : perSecond(samples.getLast().bytes() - samples.getFirst().bytes());
    }

    private double perSecond(long difference) {
        long nanos = samples.getLast().nanos() - samples.getFirst().nanos();
        return nanos <= 0 ? 0 : (double) difference * TimeUnit.SECONDS.toNanos(1) / nanos;
    }

    private record Sample(long nanos, long records, long bytes) {}
}
