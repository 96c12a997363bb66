// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.beside;

import dev.kafkabackup.figure.Figures;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs rounds, each on a thread of its own; whatever fails is tried at the next turn. */
final class BesideReader implements SourceReader<Void, BesideSource.NoSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(BesideReader.class);

    private final BesideTasks.Factory factory;
    private final MetricGroup metrics;
    private final Figures figures;
    private final Counter failures;
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "beside");
        thread.setDaemon(true);
        return thread;
    });
    private final CompletableFuture<Void> available = new CompletableFuture<>();
    private final AtomicInteger onceLeft = new AtomicInteger();
    private @Nullable BesideTasks tasks;

    BesideReader(BesideTasks.Factory factory, MetricGroup metrics, Figures figures) {
        this.factory = factory;
        this.metrics = metrics;
        this.figures = figures;
        this.failures = metrics.counter("failures", new ThreadSafeSimpleCounter());
        figures.sum("failures", failures::getCount);
    }

    @Override
    public void start() {
        BesideTasks opened = factory.open(metrics, figures);
        tasks = opened;
        List<BesideTasks.Round> rounds = opened.rounds();
        threads.setCorePoolSize(rounds.size());
        onceLeft.set((int) rounds.stream().filter(BesideTasks.Round::once).count());
        for (BesideTasks.Round round : rounds) {
            Turns turns = new Turns(metrics, round.counter());
            schedule(round, turns, round.firstAfter());
        }
    }

    private void schedule(BesideTasks.Round round, Turns turns, Duration delay) {
        Future<?> unused = threads.schedule(() -> run(round, turns), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run(BesideTasks.Round round, Turns turns) {
        boolean done = false;
        try {
            round.action().run();
            turns.succeeded();
            done = true;
        } catch (Throwable e) {
            // nothing that goes wrong beside the main way may end it, or the next turn
            if (threads.isShutdown()) {
                return;
            }
            failures.inc();
            LOG.warn("{} failed, trying again in {}: {}", round.what(), round.interval(), e.toString());
            LOG.debug("{} failed", round.what(), e);
        }
        if (round.once() && done) {
            if (onceLeft.decrementAndGet() == 0) {
                available.complete(null);
            }
        } else if (!threads.isShutdown()) {
            schedule(round, turns, round.interval());
        }
    }

    /** Counts successful turns, and knows how long ago the last one was: since the start, if there was none. */
    private static final class Turns {

        private final Counter counter;
        private volatile long lastNanos = System.nanoTime();

        Turns(MetricGroup metrics, String name) {
            this.counter = metrics.counter(name, new ThreadSafeSimpleCounter());
            metrics.gauge(name + "AgeSeconds", (Gauge<Double>) () -> (System.nanoTime() - lastNanos) / 1e9);
        }

        void succeeded() {
            lastNanos = System.nanoTime();
            counter.inc();
        }
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Void> output) {
        return available.isDone() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return available;
    }

    @Override
    public List<BesideSource.NoSplit> snapshotState(long checkpointId) {
        return List.of();
    }

    @Override
    public void addSplits(List<BesideSource.NoSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {
        threads.shutdownNow();
        if (tasks != null) {
            tasks.close();
        }
    }
}
