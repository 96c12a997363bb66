// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.figure;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.jspecify.annotations.Nullable;

/**
 * Figures of one task, shown as accumulators of its vertex: that is the one place where Flink's web UI shows values of
 * a job by itself, all at once and for all subtasks together. It asks for them at every heartbeat, on a thread of its
 * own, so that whoever supplies them must be thread safe. Metrics are for monitoring, and have more; these are for
 * people.
 */
public final class Figures {

    /** For tasks that Flink shows nothing of. */
    public static final Figures NONE = new Figures(null);

    private final @Nullable RuntimeContext task;

    private Figures(@Nullable RuntimeContext task) {
        this.task = task;
    }

    /** Figures of a running task; the operators of one chain share it, and the names of its figures. */
    public static Figures of(RuntimeContext task) {
        return new Figures(task);
    }

    /** Shows what the subtasks have together. */
    public Figures sum(String name, DoubleSupplier now) {
        if (task != null) {
            task.addAccumulator(name, new Sum(now));
        }
        return this;
    }

    /** Shows the largest value that any subtask has. */
    public Figures largest(String name, DoubleSupplier now) {
        if (task != null) {
            task.addAccumulator(name, new Largest(now));
        }
        return this;
    }

    /** Shows what share of the whole the subtasks have done together: 0 to 100, and 100 if there is nothing to do. */
    public Figures percent(String name, DoubleSupplier done, DoubleSupplier whole) {
        if (task != null) {
            task.addAccumulator(name, new Percent(new Sum(done), new Sum(whole)));
        }
        return this;
    }

    /** Shows by how much a count of all subtasks grows in a second, in units of so much: between two heartbeats. */
    public Figures perSecond(String name, LongSupplier count, long unit) {
        return sum(name, new Growth(count, unit, System::nanoTime));
    }

    /** Growth since the last look, or what it was then if that was just now. */
    static final class Growth implements DoubleSupplier {

        private static final long SHORTEST_NANOS = TimeUnit.SECONDS.toNanos(1);

        private final LongSupplier count;
        private final long unit;
        private final LongSupplier nanoTime;
        private long lookedAtNanos;
        private long seen;
        private double perSecond;

        Growth(LongSupplier count, long unit, LongSupplier nanoTime) {
            this.count = count;
            this.unit = unit;
            this.nanoTime = nanoTime;
            this.lookedAtNanos = nanoTime.getAsLong();
            this.seen = count.getAsLong();
        }

        @Override
        public synchronized double getAsDouble() {
            long nanos = nanoTime.getAsLong() - lookedAtNanos;
            if (nanos >= SHORTEST_NANOS) {
                long now = count.getAsLong();
                perSecond = (double) (now - seen) / unit * SHORTEST_NANOS / nanos;
                seen = now;
                lookedAtNanos += nanos;
            }
            return perSecond;
        }
    }
}
