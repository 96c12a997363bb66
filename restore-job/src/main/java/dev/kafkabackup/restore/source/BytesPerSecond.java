// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;

/**
 * Limits a subtask to so many bytes in a second. Flink's own limiters count records and take a thread's turn for each;
 * this one is told the bytes, and makes the reader wait only when it is noticeably ahead.
 *
 * <p>Not thread safe; used from the task thread.
 */
final class BytesPerSecond implements RateLimiter<SegmentSplit> {

    /** Shorter waits would cost more than they are worth. */
    private static final long SHORTEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** What was left unused may be caught up for so long, not more: storage that was slow makes no burst. */
    private static final long LONGEST_CREDIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final CompletionStage<Void> AT_ONCE = CompletableFuture.completedFuture(null);

    private final double nanosPerByte;
    private final LongSupplier nanoTime;
    private long freeAtNanos;

    /** @param bytesPerSecond more than 0 */
    BytesPerSecond(double bytesPerSecond) {
        this(bytesPerSecond, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime()} */
    BytesPerSecond(double bytesPerSecond, LongSupplier nanoTime) {
        this.nanosPerByte = TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
        this.nanoTime = nanoTime;
        this.freeAtNanos = nanoTime.getAsLong();
    }

    /** Counts bytes that were emitted. */
    void emitted(long bytes) {
        long earliest = nanoTime.getAsLong() - LONGEST_CREDIT_NANOS;
        freeAtNanos = (freeAtNanos - earliest > 0 ? freeAtNanos : earliest) + (long) (bytes * nanosPerByte);
    }

    /** Completes when the next record may be emitted; the number of records does not matter. */
    @Override
    public CompletionStage<Void> acquire(int records) {
        long wait = waitNanos();
        return wait < SHORTEST_WAIT_NANOS
                ? AT_ONCE
                : new CompletableFuture<Void>().completeOnTimeout(null, wait, TimeUnit.NANOSECONDS);
    }

    /** How far the subtask is ahead; negative if it is behind. */
    long waitNanos() {
        return freeAtNanos - nanoTime.getAsLong();
    }
}
