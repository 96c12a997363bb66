// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A storage that is in trouble for a while, as told. Safe for use from any thread. */
public final class StorageFaults implements StorageGuard {

    /** What is wrong. */
    public enum Fault {
        /** Nothing. */
        NONE,
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

    @Override
    public synchronized Optional<Refusal> refusal(HttpMessage request) {
        return fault == Fault.UNAVAILABLE ? Optional.of(Refusal.SLOW_DOWN) : Optional.empty();
    }

    @Override
    public synchronized boolean pass(String what, Direction direction) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SLOW_SECONDS);
        while (fault == Fault.SLOW && direction == Direction.REQUEST && System.nanoTime() < end) {
            TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
        }
        return true;
    }
}
