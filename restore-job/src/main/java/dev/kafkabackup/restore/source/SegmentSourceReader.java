// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.restore.record.RestoreRecord;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;

/** Emits the records of its splits, one split after the other; the next offset of each is its state. */
final class SegmentSourceReader
        extends SingleThreadMultiplexSourceReaderBase<RestoreRecord, RestoreRecord, SegmentSplit, SegmentSplitState> {

    SegmentSourceReader(Supplier<SplitReader<RestoreRecord, SegmentSplit>> splitReader, SourceReaderContext context) {
        super(
                splitReader,
                (record, output, state) -> {
                    state.emitted(record);
                    output.collect(record);
                },
                context.getConfiguration(),
                context);
    }

    @Override
    protected void onSplitFinished(Map<String, SegmentSplitState> finished) {
        // the enumerator has given out everything at the start
    }

    @Override
    protected SegmentSplitState initializedState(SegmentSplit split) {
        return new SegmentSplitState(split);
    }

    @Override
    protected SegmentSplit toSplitType(String splitId, SegmentSplitState state) {
        return state.toSplit();
    }
}
