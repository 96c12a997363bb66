// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.beside;

import dev.kafkabackup.figure.Figures;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Does something beside the main way: a vertex of its own that reads nothing, emits nothing and has no state, so that
 * it is seen in the web UI and can hold up neither a record nor a checkpoint. To be run with parallelism 1.
 */
public final class BesideSource implements Source<Void, BesideSource.NoSplit, Void>, ResultTypeQueryable<Void> {

    private static final long serialVersionUID = 1L;

    private final BesideTasks.Factory tasks;
    private final boolean bounded;

    /** @param bounded whether the source ends when all rounds that are to be done once are done */
    public BesideSource(BesideTasks.Factory tasks, boolean bounded) {
        this.tasks = tasks;
        this.bounded = bounded;
    }

    /** There are no splits. */
    public record NoSplit() implements SourceSplit {
        @Override
        public String splitId() {
            return "";
        }
    }

    @Override
    public Boundedness getBoundedness() {
        return bounded ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<Void, NoSplit> createReader(SourceReaderContext context) {
        return new BesideReader(
                tasks,
                context.metricGroup(),
                context instanceof RichSourceReaderContext running
                        ? Figures.of(running.getRuntimeContext())
                        : Figures.NONE);
    }

    @Override
    public SplitEnumerator<NoSplit, Void> createEnumerator(SplitEnumeratorContext<NoSplit> context) {
        return new NothingToAssign();
    }

    @Override
    public SplitEnumerator<NoSplit, Void> restoreEnumerator(SplitEnumeratorContext<NoSplit> context, Void state) {
        return new NothingToAssign();
    }

    @Override
    public SimpleVersionedSerializer<NoSplit> getSplitSerializer() {
        return new Empty<>(new NoSplit());
    }

    @Override
    @SuppressWarnings("NullAway") // the type of "no state" has no value but null
    public SimpleVersionedSerializer<Void> getEnumeratorCheckpointSerializer() {
        return new Empty<>(null);
    }

    @Override
    public TypeInformation<Void> getProducedType() {
        return Types.VOID;
    }

    private static final class NothingToAssign implements SplitEnumerator<NoSplit, Void> {

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int reader, String host) {}

        @Override
        public void addSplitsBack(List<NoSplit> splits, int reader) {}

        @Override
        public void addReader(int reader) {}

        @Override
        @SuppressWarnings("NullAway") // the type of "no state" has no value but null
        public Void snapshotState(long checkpointId) {
            return null;
        }

        @Override
        public void close() {}
    }

    /** Writes nothing for the one value there is. */
    private record Empty<T>(T value) implements SimpleVersionedSerializer<T> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(T any) {
            return new byte[0];
        }

        @Override
        public T deserialize(int version, byte[] serialized) throws IOException {
            if (version != 1 || serialized.length > 0) {
                throw new IOException("Version %d with %d bytes is not the state of a source without state"
                        .formatted(version, serialized.length));
            }
            return value;
        }
    }
}
