// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.error.RepeatedWarning;
import dev.kafkabackup.figure.Figures;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.StorageLocation;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.SourceReaderOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reader of one subtask: passes batches on as they are, and events between the enumerator and the fetcher. */
final class BackupSourceReader
        extends SingleThreadMultiplexSourceReaderBase<PartitionBatch, PartitionBatch, PartitionSplit, PartitionSplit> {

    /** Share of the heap that all subtasks together use for the answers of one broker. */
    private static final int FETCH_SHARE = 32;

    private static final long SMALLEST_FETCH_BYTES = 1024 * 1024;
    private static final long LARGEST_FETCH_BYTES = 16 * 1024 * 1024;

    private final AtomicReference<@Nullable PartitionSplitReader> splitReader;

    private BackupSourceReader(
            SourceReaderContext context,
            KafkaConnection kafka,
            StorageLocation storage,
            Counter gapRecords,
            Counter openFailures,
            int fetchBytes,
            ReceivedRecords received,
            AtomicReference<@Nullable PartitionSplitReader> splitReader) {
        super(
                () -> {
                    PartitionSplitReader reader = new PartitionSplitReader(
                            () -> consumer(kafka, context.getIndexOfSubtask(), fetchBytes),
                            new PartitionOpener(storage.open(), openFailures, new RepeatedWarning()),
                            ended -> context.sendSourceEventToCoordinator(event(ended)),
                            gapRecords::inc,
                            new FetchAllowance(fetchBytes));
                    splitReader.set(reader);
                    return reader;
                },
                (batch, output, split) -> {
                    received.add(batch);
                    output.collect(batch);
                },
                readerOptions(),
                context);
        this.splitReader = splitReader;
        context.metricGroup().gauge("partitionsOpening", (Gauge<Integer>) this::opening);
    }

    private int opening() {
        PartitionSplitReader reader = splitReader.get();
        return reader == null ? 0 : reader.opening();
    }

    static BackupSourceReader create(SourceReaderContext context, KafkaConnection kafka, StorageLocation storage) {
        // once, although a fetcher that has nothing to do ends and another one begins later
        Counter gapRecords = context.metricGroup().counter("gapRecords");
        Counter openFailures = context.metricGroup().counter("openFailures", new ThreadSafeSimpleCounter());
        ReceivedRecords received = ReceivedRecords.in(context.metricGroup().getIOMetricGroup());
        if (context instanceof RichSourceReaderContext running) {
            Figures.of(running.getRuntimeContext())
                    .sum("records in", received.records()::getCount)
                    .sum("bytes in", received.bytes()::getCount)
                    .sum("gaps (offsets)", gapRecords::getCount);
        }
        int fetchBytes = fetchBytes(Runtime.getRuntime().maxMemory(), context.currentParallelism());
        return new BackupSourceReader(
                context, kafka, storage, gapRecords, openFailures, fetchBytes, received, new AtomicReference<>());
    }

    /**
     * Memory for what one subtask reads from one broker at a time (the client buffers one answer of each broker), and
     * again for what it has taken from there and not yet written.
     */
    static int fetchBytes(long heapBytes, int subtasks) {
        long share = heapBytes / FETCH_SHARE / subtasks;
        return (int) Math.max(SMALLEST_FETCH_BYTES, Math.min(LARGEST_FETCH_BYTES, share));
    }

    private static IncarnationEnded event(Set<Uuid> ended) {
        return new IncarnationEnded(ended.stream().map(Uuid::toString).toList());
    }

    /** One batch on its way at a time: every further one would only cost memory. */
    private static Configuration readerOptions() {
        return new Configuration().set(SourceReaderOptions.ELEMENT_QUEUE_CAPACITY, 1);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaConnection kafka, int subtask, int fetchBytes) {
        Properties properties = kafka.clientProperties("kafka-backup-reader-" + subtask);
        properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1000");
        properties.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(fetchBytes));
        properties.putIfAbsent(ConsumerConfig.RECEIVE_BUFFER_CONFIG, "-1");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        PartitionSplitReader reader = splitReader.get();
        // without a fetcher nothing is being read yet
        if (event instanceof IncarnationEnded ended && reader != null) {
            ended.topicIds().forEach(reader::end);
        }
    }

    @Override
    protected void onSplitFinished(Map<String, PartitionSplit> finished) {}

    @Override
    protected PartitionSplit initializedState(PartitionSplit split) {
        return split;
    }

    @Override
    protected PartitionSplit toSplitType(String splitId, PartitionSplit split) {
        return split;
    }
}
