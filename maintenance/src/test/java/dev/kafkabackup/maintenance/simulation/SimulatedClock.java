// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that passes when a test says so. A clock may be wrong by some time; the time that passes is the same for all.
 * Thread safe.
 */
public final class SimulatedClock {

    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
    private final AtomicLong passedNanos = new AtomicLong();

    public void pass(Duration time) {
        passedNanos.addAndGet(time.toNanos());
    }

    public Instant now() {
        return start.plusNanos(passedNanos.get());
    }

    /** As {@link System#nanoTime()}. */
    public long nanos() {
        return passedNanos.get();
    }
}
