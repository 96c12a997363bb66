// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import dev.kafkabackup.testing.Turnstile;
import java.util.concurrent.TimeUnit;

/** A storage that is in trouble for a while, as told. Safe for use from any thread. */
public final class StorageFaults implements Turnstile {

    /** What is wrong. */
    public enum Fault {
        /** Nothing. */
        NONE,
        /** Connections are cut. */
        AWAY,
        /** Every request is answered with 503. */
        UNAVAILABLE,
        /** Every request takes seconds. */
        SLOW
    }

    private static final long SLOW_SECONDS = 3;

    private Fault fault = Fault.NONE;

    /** From now on this is wrong; who waits because of what was wrong before goes on. */
    public synchronized void set(Fault next) {
        fault = next;
        notifyAll();
    }

    /** Whether requests are refused instead of being passed on. */
    synchronized boolean refuses() {
        return fault == Fault.UNAVAILABLE;
    }

    @Override
    public synchronized boolean pass(String what, Direction direction) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SLOW_SECONDS);
        while (fault == Fault.SLOW && direction == Direction.REQUEST && System.nanoTime() < end) {
            TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
        }
        return fault != Fault.AWAY;
    }
}
