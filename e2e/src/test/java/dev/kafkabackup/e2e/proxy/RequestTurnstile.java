// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import dev.kafkabackup.testing.Turnstile;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Counts what passes, and keeps one message, at a {@link RequestPoint}, until the test says what becomes of it.
 * Whatever else comes passes meanwhile.
 */
public final class RequestTurnstile implements Turnstile {

    private final UnaryOperator<String> kinds;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private NavigableMap<String, Integer> requests = new TreeMap<>();
    private NavigableMap<String, Integer> answers = new TreeMap<>();
    private @Nullable Kept kept;

    /** One message, from the moment it is waited for. */
    private static final class Kept {
        private final RequestPoint from;
        private final Predicate<String> wanted;
        private @Nullable String what;
        private boolean decided;
        private boolean goesOn;

        Kept(RequestPoint from, Predicate<String> wanted) {
            this.from = from;
            this.wanted = wanted;
        }

        boolean isFor(String message, String kind, int number, Direction direction) {
            return kind.equals(from.request())
                    && number >= from.number()
                    && direction == from.direction()
                    && wanted.test(message);
        }
    }

    /** @param kinds gives the kind of request for what a proxy sees; empty if it is not to be counted */
    public RequestTurnstile(UnaryOperator<String> kinds) {
        this.kinds = kinds;
    }

    /** Begins to count anew and waits for the point. */
    public void keepAt(RequestPoint point) {
        keepFrom(point, any -> true);
    }

    /**
     * Begins to count anew and waits for a message like the one of the point: that one or the first behind it that is
     * wanted, as the proxy words it.
     */
    public void keepFrom(RequestPoint point, Predicate<String> wanted) {
        lock.lock();
        try {
            countAnew();
            kept = new Kept(point, wanted);
        } finally {
            lock.unlock();
        }
    }

    /** Begins to count anew; what is kept stays kept. */
    public void countAnew() {
        lock.lock();
        try {
            requests = new TreeMap<>();
            answers = new TreeMap<>();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the message has come and is kept here, waiting for it for a while. */
    public boolean awaitReached(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long nanos = patience.toNanos();
            while (kept != null && kept.what == null && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return kept != null && kept.what != null;
        } finally {
            lock.unlock();
        }
    }

    /** What is kept here, as the proxy words it. */
    public String kept() {
        lock.lock();
        try {
            if (kept == null || kept.what == null) {
                throw new IllegalStateException("Nothing is kept");
            }
            return kept.what;
        } finally {
            lock.unlock();
        }
    }

    /** Sends the message on, though its sender or its receiver may be gone. */
    public void sendOn() {
        decide(true);
    }

    /** Lets the message be lost, and its connection with it; one that has not come will pass. */
    public void lose() {
        decide(false);
    }

    private void decide(boolean goesOn) {
        lock.lock();
        try {
            if (kept != null) {
                kept.goesOn = goesOn;
                kept.decided = true;
                kept = null;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many requests of each kind have come since the counting began. */
    public NavigableMap<String, Integer> requests() {
        lock.lock();
        try {
            return new TreeMap<>(requests);
        } finally {
            lock.unlock();
        }
    }

    /** How many requests of this kind have been answered since the counting began. */
    public int answered(String kind) {
        lock.lock();
        try {
            return answers.getOrDefault(kind, 0);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean pass(String what, Direction direction) throws InterruptedException {
        String kind = kinds.apply(what);
        if (kind.isEmpty()) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            int number = (direction == Direction.REQUEST ? requests : answers).merge(kind, 1, Integer::sum);
            Kept here = kept;
            if (here == null || here.what != null || !here.isFor(what, kind, number, direction)) {
                return true;
            }
            here.what = what;
            changed.signalAll();
            while (!here.decided) {
                changed.await();
            }
            return here.goesOn;
        } finally {
            lock.unlock();
        }
    }
}
