// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.backup.lag.DurableLag;
import dev.kafkabackup.backup.lag.LagWatch;
import dev.kafkabackup.backup.source.PartitionBatch;
import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.error.RepeatedWarning;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** A writer on storage in memory, what is written with it, and what is published then. */
final class TestSink implements AutoCloseable {

    static final Uuid ORDERS = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    static final TopicIdPartition ORDERS_0 = new TopicIdPartition(ORDERS, 0, "orders");
    static final SinkWriter.Context CONTEXT = new SinkWriter.Context() {
        @Override
        public long currentWatermark() {
            return Long.MIN_VALUE;
        }

        @Override
        public Long timestamp() {
            return null;
        }
    };
    static final long MEBIBYTE = 1 << 20;
    private static final LagWatch.Settings LAG =
            new LagWatch.Settings(new KafkaConnection("127.0.0.1:1", Map.of()), "kafka-backup", Duration.ofHours(1));

    private final UnreliableStorage storage = new UnreliableStorage();
    private final ManualTime time = new ManualTime();
    private final Random random = new Random(7);
    private final DurableLag lag = new DurableLag(System::nanoTime);
    private @Nullable SegmentSinkWriter writer;

    /** Before the first use, if limits matter. */
    void open(long segmentBytes, long budgetBytes) {
        open(segmentBytes, budgetBytes, Duration.ofSeconds(20));
    }

    synchronized void open(long segmentBytes, long budgetBytes, Duration checkpointPatience) {
        writer = opened(segmentBytes, budgetBytes, checkpointPatience);
    }

    /** With limits that do not matter, unless it was opened with others. */
    synchronized SegmentSinkWriter writer() {
        SegmentSinkWriter present = writer;
        if (present == null) {
            present = opened(MEBIBYTE, 64 * MEBIBYTE, Duration.ofSeconds(20));
            writer = present;
        }
        return present;
    }

    UnreliableStorage storage() {
        return storage;
    }

    ManualTime time() {
        return time;
    }

    DurableLag lag() {
        return lag;
    }

    private SegmentSinkWriter opened(long segmentBytes, long budgetBytes, Duration checkpointPatience) {
        SegmentSink sink = new SegmentSink(
                StorageLocation.parse("/unused"), "cluster", segmentBytes, Duration.ofSeconds(60), 3, 2, LAG);
        SegmentPublisher publisher = new SegmentPublisher(
                storage,
                2,
                PublisherMetrics.of(UnregisteredMetricsGroup.createSinkWriterMetricGroup()),
                segment -> SegmentSinkWriter.tellPublished(lag, segment),
                new RepeatedWarning());
        LagWatch watch = LAG.watch(lag, UnregisteredMetricsGroup.createSinkWriterMetricGroup());
        return new SegmentSinkWriter(sink, publisher, watch, budgetBytes, checkpointPatience, time);
    }

    void write(PartitionBatch batch) {
        try {
            writer().write(batch, CONTEXT);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    PartitionBatch batch(long startOffset, long endOffset, int epoch) {
        return batch(startOffset, endOffset, epoch, 20);
    }

    PartitionBatch batch(long startOffset, long endOffset, int epoch, int valueBytes) {
        return new PartitionBatch(
                ORDERS_0,
                startOffset,
                endOffset,
                epoch,
                LongStream.range(startOffset, endOffset)
                        .mapToObj(offset -> record(offset, epoch, valueBytes))
                        .toList());
    }

    /** A record that does not compress. */
    SegmentRecord record(long offset, int epoch, int valueBytes) {
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        return new SegmentRecord(
                offset, 1_700_000_000_000L, TimestampType.CREATE_TIME, epoch, null, value, new RecordHeaders());
    }

    PartitionSegments segments() throws Exception {
        return segments(ORDERS_0);
    }

    PartitionSegments segments(TopicIdPartition partition) throws Exception {
        return new Catalog(storage).segments(partition);
    }

    List<OffsetRange> ranges() throws Exception {
        return segments().segments().stream()
                .map(segment -> segment.name().range())
                .toList();
    }

    void assertTouching() throws Exception {
        long next = 0;
        for (OffsetRange range : ranges()) {
            assertThat(range.startOffset()).isEqualTo(next);
            next = range.endOffset();
        }
    }

    List<SegmentRecord> stored() throws Exception {
        List<SegmentRecord> stored = new ArrayList<>();
        try (PartitionRecords records = new PartitionRecords(
                ORDERS_0, segments().slices(), name -> storage.read(BackupLayout.segment(ORDERS_0, name)), 0)) {
            records.forEachRemaining(stored::add);
        }
        return stored;
    }

    List<Long> storedOffsets() throws Exception {
        return stored().stream().map(SegmentRecord::offset).toList();
    }

    static List<Long> offsets(long start, long end) {
        return LongStream.range(start, end).boxed().toList();
    }

    @Override
    public void close() {
        writer().close();
    }
}
