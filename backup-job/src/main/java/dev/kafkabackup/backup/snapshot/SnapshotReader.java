// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the snapshots, and the heartbeat that shows the job, on threads of their own; whatever fails is tried at the
 * next turn.
 */
final class SnapshotReader implements SourceReader<Void, SnapshotSource.NoSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotReader.class);

    private final Supplier<SnapshotTasks> tasksSupplier;
    private final Duration topicsInterval;
    private final Duration groupsInterval;
    private final boolean once;
    private final Counter topicRounds;
    private final Counter groupRounds;
    private final Counter heartbeats;
    private final Counter failures;
    private final SourceReaderMetricGroup metrics;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(3, task -> {
        Thread thread = new Thread(task, "snapshots");
        thread.setDaemon(true);
        return thread;
    });
    private final CompletableFuture<Void> available = new CompletableFuture<>();
    private final CountDownLatch onceLeft = new CountDownLatch(2);
    private @Nullable SnapshotTasks tasks;

    SnapshotReader(
            Supplier<SnapshotTasks> tasksSupplier,
            Duration topicsInterval,
            Duration groupsInterval,
            boolean once,
            SourceReaderMetricGroup metrics) {
        this.tasksSupplier = tasksSupplier;
        this.topicsInterval = topicsInterval;
        this.groupsInterval = groupsInterval;
        this.once = once;
        this.topicRounds = metrics.counter("topicSnapshots", new ThreadSafeSimpleCounter());
        this.groupRounds = metrics.counter("groupSnapshots", new ThreadSafeSimpleCounter());
        this.heartbeats = metrics.counter("heartbeats", new ThreadSafeSimpleCounter());
        this.metrics = metrics;
        this.failures = metrics.counter("snapshotFailures", new ThreadSafeSimpleCounter());
    }

    private interface Round {
        void run() throws IOException;
    }

    @Override
    public void start() {
        SnapshotTasks started = tasksSupplier.get();
        tasks = started;
        metrics.gauge("otherJobsOnThisRoot", started::otherJobs);
        schedule("topics", started::recordTopics, topicRounds, topicsInterval, once);
        schedule("groups", started::recordGroups, groupRounds, groupsInterval, once);
        schedule("the running job", started::beat, heartbeats, Heartbeat.INTERVAL, false);
    }

    private void schedule(String what, Round round, Counter counter, Duration interval, boolean untilDone) {
        threads.execute(() -> run(what, round, counter, interval, untilDone));
    }

    private void run(String what, Round round, Counter counter, Duration interval, boolean untilDone) {
        boolean done = false;
        try {
            round.run();
            counter.inc();
            done = true;
        } catch (Throwable e) {
            // nothing that goes wrong beside the main way may end it, or the next turn
            if (threads.isShutdown()) {
                return;
            }
            failures.inc();
            LOG.warn("Snapshot of {} failed, trying again in {}: {}", what, interval, e.toString());
            LOG.debug("Snapshot of {} failed", what, e);
        }
        if (untilDone && done) {
            onceLeft.countDown();
            if (onceLeft.getCount() == 0) {
                available.complete(null);
            }
        } else if (!threads.isShutdown()) {
            Future<?> unused = threads.schedule(
                    () -> run(what, round, counter, interval, untilDone), interval.toMillis(), TimeUnit.MILLISECONDS);
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
    public List<SnapshotSource.NoSplit> snapshotState(long checkpointId) {
        return List.of();
    }

    @Override
    public void addSplits(List<SnapshotSource.NoSplit> splits) {}

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
