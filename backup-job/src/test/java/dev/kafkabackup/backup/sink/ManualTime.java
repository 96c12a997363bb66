// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/** Time that passes when a test says so. */
final class ManualTime implements ProcessingTimeService {

    private record Timer(long at, ProcessingTimeCallback callback) {}

    private final List<Timer> timers = new ArrayList<>();
    private long now = 1_000_000;

    /** Lets time pass; timers that are due by then are called in their order, each at its own moment. */
    void advance(long milliseconds) throws Exception {
        long end = now + milliseconds;
        for (Timer due = next(end); due != null; due = next(end)) {
            timers.remove(due);
            now = due.at();
            due.callback().onProcessingTime(now);
        }
        now = end;
    }

    private Timer next(long end) {
        return timers.stream()
                .filter(timer -> timer.at() <= end)
                .min(Comparator.comparingLong(Timer::at))
                .orElse(null);
    }

    @Override
    public long getCurrentProcessingTime() {
        return now;
    }

    @Override
    public ScheduledFuture<?> registerTimer(long timestamp, ProcessingTimeCallback target) {
        timers.add(new Timer(timestamp, target));
        return new Never();
    }

    /** Nobody waits for a timer here. */
    private static final class Never extends CompletableFuture<Void> implements ScheduledFuture<Void> {

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }

        @Override
        public Void get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            return super.get(timeout, unit);
        }
    }
}
