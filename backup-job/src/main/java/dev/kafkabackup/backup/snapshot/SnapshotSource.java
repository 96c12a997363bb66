// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Takes snapshots of topic metadata and group offsets, beside the main way: a vertex of its own that reads nothing,
 * emits nothing and has no state, so that it is seen in the web UI and can hold up neither a record nor a checkpoint.
 * Runs with parallelism 1.
 */
public final class SnapshotSource implements Source<Void, SnapshotSource.NoSplit, Void>, ResultTypeQueryable<Void> {

    private static final long serialVersionUID = 1L;

    private final KafkaConnection kafka;
    private final StorageLocation storage;
    private final TopicFilter topics;
    private final String clusterId;
    private final String ownGroup;
    private final String jobId;
    private final Duration topicsInterval;
    private final Duration groupsInterval;
    private final boolean once;

    /**
     * @param ownGroup the backup's own consumer group, which is left out
     * @param jobId names this run of the job, the same after every failover
     * @param topicsInterval how often topics are looked at
     * @param groupsInterval how often committed offsets are looked at
     * @param once whether to take one snapshot of each and end
     */
    public SnapshotSource(
            KafkaConnection kafka,
            StorageLocation storage,
            TopicFilter topics,
            String clusterId,
            String ownGroup,
            String jobId,
            Duration topicsInterval,
            Duration groupsInterval,
            boolean once) {
        this.kafka = kafka;
        this.storage = storage;
        this.topics = topics;
        this.clusterId = clusterId;
        this.ownGroup = ownGroup;
        this.jobId = jobId;
        this.topicsInterval = topicsInterval;
        this.groupsInterval = groupsInterval;
        this.once = once;
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
        return once ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<Void, NoSplit> createReader(SourceReaderContext context) {
        return new SnapshotReader(
                () -> new SnapshotTasks(kafka, storage, topics, clusterId, ownGroup, jobId),
                topicsInterval,
                groupsInterval,
                once,
                context.metricGroup());
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
