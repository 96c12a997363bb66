// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.figure.Figures;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;

/**
 * How far a subtask has come with its splits, counted in offsets: {@code plannedOffsets} of all its splits and, under
 * Flink's own name, {@code pendingRecords}, the offsets that are left (no more records than that are still to come);
 * {@code percentRead}; {@code secondsLeft}, if it goes on as since the start, -1 as long as that is not known.
 *
 * <p>Changed by the task thread, read by any.
 */
final class SourceProgress {

    private static final double UNKNOWN = -1;

    private final LongSupplier nanoTime;
    private final Map<String, SegmentSplitState> unfinished = new ConcurrentHashMap<>();
    private final AtomicLong planned = new AtomicLong();
    private final AtomicLong leftAtStart = new AtomicLong();
    private volatile long startedAtNanos;
    private volatile boolean hasAllSplits;

    /** @param nanoTime as {@link System#nanoTime()} */
    SourceProgress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.startedAtNanos = nanoTime.getAsLong();
    }

    void showIn(Figures figures) {
        figures.percent("percent", () -> planned.get() - left(), planned::get)
                .largest("seconds to go", this::secondsLeft)
                .sum(SegmentSource.STILL_READING, () -> isStillReading() ? 1 : 0);
    }

    void show(SourceReaderMetricGroup group) {
        group.setPendingRecordsGauge(this::left);
        group.gauge("plannedOffsets", (Gauge<Long>) planned::get);
        group.gauge("percentRead", (Gauge<Double>) this::percentRead);
        group.gauge("secondsLeft", (Gauge<Double>) this::secondsLeft);
    }

    void begun(SegmentSplit split, SegmentSplitState state) {
        if (planned.get() == 0) {
            startedAtNanos = nanoTime.getAsLong();
        }
        unfinished.put(split.splitId(), state);
        planned.addAndGet(split.plannedOffsets());
        leftAtStart.addAndGet(split.offsetsLeft());
    }

    void finished(Collection<String> splitIds) {
        unfinished.keySet().removeAll(splitIds);
    }

    /** No more splits come. */
    void hasAllSplits() {
        hasAllSplits = true;
    }

    /** Whether there is, or may be, something left to be emitted. */
    boolean isStillReading() {
        return !hasAllSplits || !unfinished.isEmpty();
    }

    private long left() {
        return unfinished.values().stream()
                .mapToLong(state -> state.toSplit().offsetsLeft())
                .sum();
    }

    /** 100 if there is nothing to do. */
    double percentRead() {
        long all = planned.get();
        return all == 0 ? 100 : 100.0 * (all - left()) / all;
    }

    double secondsLeft() {
        long left = left();
        long done = leftAtStart.get() - left;
        if (left == 0) {
            return 0;
        }
        return done <= 0 ? UNKNOWN : (nanoTime.getAsLong() - startedAtNanos) / 1e9 * left / done;
    }
}
