// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.figure.Figures;
import dev.kafkabackup.restore.record.RestoreRecord;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.jspecify.annotations.Nullable;

/**
 * Emits the records of its splits, one split after the other; the next offset of each is its state. Metrics tell how
 * much is left, see {@link SourceProgress}.
 */
final class SegmentSourceReader
        extends SingleThreadMultiplexSourceReaderBase<RestoreRecord, RestoreRecord, SegmentSplit, SegmentSplitState> {

    private final SourceProgress progress = new SourceProgress(System::nanoTime);
    private final WithoutTimestampCounter withoutTimestamp;

    /**
     * @param withoutTimestamp told by the split reader what has no timestamp; closed by this reader
     * @param maxBytesPerSecond of all subtasks together; null for any
     */
    static SegmentSourceReader create(
            Supplier<SplitReader<RestoreRecord, SegmentSplit>> splitReader,
            WithoutTimestampCounter withoutTimestamp,
            SourceReaderContext context,
            @Nullable Long maxBytesPerSecond) {
        return maxBytesPerSecond == null
                ? new SegmentSourceReader(splitReader, withoutTimestamp, context)
                : new SegmentSourceReader(
                        splitReader,
                        withoutTimestamp,
                        context,
                        new BytesPerSecond((double) maxBytesPerSecond / context.currentParallelism()));
    }

    private SegmentSourceReader(
            Supplier<SplitReader<RestoreRecord, SegmentSplit>> splitReader,
            WithoutTimestampCounter withoutTimestamp,
            SourceReaderContext context) {
        super(
                splitReader,
                (record, output, state) -> {
                    state.emitted(record);
                    output.collect(record);
                },
                context.getConfiguration(),
                context);
        this.withoutTimestamp = withoutTimestamp;
    }

    private SegmentSourceReader(
            Supplier<SplitReader<RestoreRecord, SegmentSplit>> splitReader,
            WithoutTimestampCounter withoutTimestamp,
            SourceReaderContext context,
            BytesPerSecond limit) {
        super(
                splitReader,
                (record, output, state) -> {
                    limit.emitted(record.record().payloadBytes());
                    state.emitted(record);
                    output.collect(record);
                },
                context.getConfiguration(),
                context,
                parallelism -> limit);
        this.withoutTimestamp = withoutTimestamp;
    }

    @Override
    public void start() {
        super.start();
        progress.show(context.metricGroup());
        if (context instanceof RichSourceReaderContext running) {
            progress.showIn(Figures.of(running.getRuntimeContext()));
        }
    }

    @Override
    public void notifyNoMoreSplits() {
        progress.hasAllSplits();
        super.notifyNoMoreSplits();
    }

    /** No more is asked for: the enumerator has given out everything at the start. */
    @Override
    protected void onSplitFinished(Map<String, SegmentSplitState> finished) {
        withoutTimestamp.save();
        progress.finished(finished.keySet());
    }

    /** Who goes on from this state does not meet again what was met before. */
    @Override
    public List<SegmentSplit> snapshotState(long checkpointId) {
        withoutTimestamp.save();
        return super.snapshotState(checkpointId);
    }

    @Override
    protected SegmentSplitState initializedState(SegmentSplit split) {
        SegmentSplitState state = new SegmentSplitState(split);
        progress.begun(split, state);
        return state;
    }

    @Override
    protected SegmentSplit toSplitType(String splitId, SegmentSplitState state) {
        return state.toSplit();
    }

    @Override
    public void close() throws Exception {
        try (withoutTimestamp) {
            super.close();
        }
    }
}
