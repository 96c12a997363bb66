// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.restore.attempt.RunningMark;
import dev.kafkabackup.restore.plan.PlanHolds;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the plan once and gives every reader its partitions. What a reader lost before it was in a checkpoint comes
 * back here and goes to the same subtask again.
 *
 * <p>Flink calls every method from the coordinator's thread, except for the reading of the plan.
 */
final class SegmentSplitEnumerator implements SplitEnumerator<SegmentSplit, SegmentEnumeratorState> {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentSplitEnumerator.class);

    private final SplitEnumeratorContext<SegmentSplit> context;
    private final Callable<List<SegmentSplit>> planReader;
    private final Callable<Boolean> holds;
    private final Supplier<RunningMark> mark;
    private final Map<Integer, List<SegmentSplit>> pending;
    private @Nullable RunningMark shown;
    private boolean planned;

    /**
     * @param planReader reads the plan's splits; called on another thread and at most once
     * @param holds keeps what is read from being removed; called on another thread, again and again
     * @param mark shows that the job runs, until it is closed
     */
    SegmentSplitEnumerator(
            SplitEnumeratorContext<SegmentSplit> context,
            SegmentEnumeratorState state,
            Callable<List<SegmentSplit>> planReader,
            Callable<Boolean> holds,
            Supplier<RunningMark> mark) {
        this.context = context;
        this.planReader = planReader;
        this.holds = holds;
        this.mark = mark;
        this.planned = state.planned();
        this.pending = SplitAssignment.byBytes(state.pending(), context.currentParallelism());
    }

    @Override
    public void start() {
        shown = mark.get();
        long interval = PlanHolds.RENEWAL_INTERVAL.toMillis();
        context.callAsync(holds, SegmentSplitEnumerator::renewed, interval, interval);
        if (!planned) {
            context.callAsync(planReader, this::planRead);
        }
    }

    private static void renewed(@Nullable Boolean done, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.warn("The restore's holds could not be renewed, it will be tried again: {}", failure.toString());
        }
    }

    private void planRead(List<SegmentSplit> splits, @Nullable Throwable failure) {
        if (failure instanceof BackupException || failure instanceof FileNotFoundException) {
            throw new SuppressRestartsException(failure);
        }
        if (failure != null) {
            throw new FlinkRuntimeException("The plan of the restore cannot be read", failure);
        }
        LOG.info("The plan has {} partitions to read", splits.size());
        pending.putAll(SplitAssignment.byBytes(splits, context.currentParallelism()));
        planned = true;
        List.copyOf(context.registeredReaders().keySet()).forEach(this::assign);
    }

    @Override
    public void addReader(int subtask) {
        assign(subtask);
    }

    private void assign(int subtask) {
        if (!planned) {
            return;
        }
        List<SegmentSplit> splits = pending.remove(subtask);
        if (splits != null) {
            // one message each: a partition may have very many segments, and the size of a message is limited
            splits.forEach(split -> context.assignSplit(split, subtask));
        }
        context.signalNoMoreSplits(subtask);
    }

    @Override
    public void addSplitsBack(List<SegmentSplit> splits, int subtask) {
        pending.computeIfAbsent(subtask, any -> new ArrayList<>()).addAll(splits);
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String hostname) {
        // readers get all that they will read when they register
    }

    @Override
    public SegmentEnumeratorState snapshotState(long checkpointId) {
        return new SegmentEnumeratorState(
                planned, pending.values().stream().flatMap(List::stream).toList());
    }

    @Override
    public void close() throws IOException {
        if (shown != null) {
            shown.close();
        }
    }
}
