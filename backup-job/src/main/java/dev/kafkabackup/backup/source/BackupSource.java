// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.backup.snapshot.EndedIncarnations;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads the wanted topics as batches of what Kafka served, each partition from its durable offset on.
 *
 * <p>State never decides what is read. After any start the enumerator discovers the partitions anew and hands out all
 * of them (that is what {@link SupportsSplitReassignmentOnRecovery}, FLIP-537, is for: restored splits go to the
 * enumerator instead of staying with a reader), and every partition is opened by looking at what the backup covers.
 */
public final class BackupSource
        implements Source<PartitionBatch, PartitionSplit, List<PartitionSplit>>,
                SupportsSplitReassignmentOnRecovery,
                ResultTypeQueryable<PartitionBatch> {

    private static final long serialVersionUID = 1L;

    private final KafkaConnection kafka;
    private final StorageLocation storage;
    private final String clusterId;
    private final TopicFilter topics;
    private final Duration discoveryInterval;
    private final boolean once;

    /**
     * @param clusterId of the cluster that is read
     * @param topics which topics are read
     * @param discoveryInterval how often topics and partitions are looked for
     * @param once whether to stop when every partition has reached the last stable offset seen at start
     */
    public BackupSource(
            KafkaConnection kafka,
            StorageLocation storage,
            String clusterId,
            TopicFilter topics,
            Duration discoveryInterval,
            boolean once) {
        this.kafka = kafka;
        this.storage = storage;
        this.clusterId = clusterId;
        this.topics = topics;
        this.discoveryInterval = discoveryInterval;
        this.once = once;
    }

    @Override
    public Boundedness getBoundedness() {
        return once ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SplitEnumerator<PartitionSplit, List<PartitionSplit>> createEnumerator(
            SplitEnumeratorContext<PartitionSplit> context) {
        return restoreEnumerator(context, List.of());
    }

    @Override
    public SplitEnumerator<PartitionSplit, List<PartitionSplit>> restoreEnumerator(
            SplitEnumeratorContext<PartitionSplit> context, List<PartitionSplit> boundedSplits) {
        // a run without end that goes on from a bounded one's state has no use for where that one was to stop
        return new PartitionEnumerator(
                context,
                () -> new PartitionDiscovery(kafka, topics, new EndedIncarnations(storage.open(), clusterId)),
                topics,
                discoveryInterval,
                once,
                once ? boundedSplits : List.of());
    }

    @Override
    public SourceReader<PartitionBatch, PartitionSplit> createReader(SourceReaderContext context) {
        return BackupSourceReader.create(context, kafka, storage);
    }

    @Override
    public SimpleVersionedSerializer<PartitionSplit> getSplitSerializer() {
        return new PartitionSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<List<PartitionSplit>> getEnumeratorCheckpointSerializer() {
        return new EnumeratorStateSerializer();
    }

    @Override
    public TypeInformation<PartitionBatch> getProducedType() {
        return new PartitionBatchType();
    }
}
