// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.error;

import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets one line a minute through of what fails again and again, however many attempts fail, and knows how many it did
 * not tell of. Thread safe.
 */
public final class RepeatedWarning {

    private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    private boolean warned;
    private long warnedAt;
    private long failures;

    /** By the host's clock. */
    public RepeatedWarning() {
        this(System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime()} */
    public RepeatedWarning(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * To be called at each failure.
     *
     * @param warning writes the line, if one is due; told how many failures there were since the line before, this one
     *     included
     */
    public void failed(LongConsumer warning) {
        long told;
        synchronized (this) {
            failures++;
            long now = nanoTime.getAsLong();
            if (warned && now - warnedAt < INTERVAL_NANOS) {
                return;
            }
            warned = true;
            warnedAt = now;
            told = failures;
            failures = 0;
        }
        warning.accept(told);
    }
}
