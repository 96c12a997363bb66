// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Holds a broker's answers until it is opened, and counts those that pass. A held answer holds whatever comes after it
 * on the same connection.
 *
 * <p>Thread safe. Closing it lets everything pass.
 */
public final class AnswerGate implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Predicate<KafkaAnswer> which;
    private final Consumer<AnswerGate> onClose;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean open;
    private int held;
    private int passed;

    AnswerGate(Predicate<KafkaAnswer> which, boolean open, Consumer<AnswerGate> onClose) {
        this.which = which;
        this.open = open;
        this.onClose = onClose;
    }

    /** Waits until an answer is being held. */
    public void awaitHeld() {
        await("No answer was held", () -> held > 0);
    }

    /** Lets what is held go on, and everything that comes later pass. */
    public void open() {
        lock.lock();
        try {
            open = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until at least this many answers have passed since the gate was made. */
    public void awaitPassed(int count) {
        await("Not " + count + " answers have passed", () -> passed >= count);
    }

    /** Returns when the answer may go on, at once if it is none of this gate's. */
    void pass(KafkaAnswer answer) throws InterruptedException {
        if (!which.test(answer)) {
            return;
        }
        lock.lockInterruptibly();
        try {
            held++;
            changed.signalAll();
            try {
                while (!open) {
                    changed.await();
                }
                passed++;
            } finally {
                held--;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void await(String failure, BooleanSupplier condition) {
        lock.lock();
        try {
            long nanos = PATIENCE.toNanos();
            while (!condition.getAsBoolean()) {
                if (nanos <= 0) {
                    throw new IllegalStateException(failure + " within " + PATIENCE.toSeconds() + " s");
                }
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(failure + " before the interruption", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        open();
        onClose.accept(this);
    }
}
