// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.backup.lag.DurableLag;
import dev.kafkabackup.backup.lag.LagWatch;
import dev.kafkabackup.backup.source.PartitionBatch;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends batches to one open segment per partition. A segment is sealed at every checkpoint, when it is old or large
 * enough, when a batch does not begin where it ends, when memory runs short, and at the end; the publisher does the
 * rest.
 *
 * <p>The writer has no state: a record is either covered by a published segment or read again from Kafka, because
 * whoever opens the partition next starts at its durable offset. So a checkpoint waits for uploads only for a while.
 *
 * <p>Not thread safe: Flink calls every method from the task thread.
 */
final class SegmentSinkWriter implements SinkWriter<PartitionBatch> {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentSinkWriter.class);

    /** How long offsets without records (markers, aborted records) wait for a record to be published with. */
    private static final Duration EMPTY_SEGMENT_AGE = Duration.ofHours(1);

    private static final Duration LONGEST_TICK = Duration.ofSeconds(5);

    /** A batch may be larger than the budget: it is looked at again whenever so much was appended. */
    private static final long BUDGET_CHECK_BYTES = 1024 * 1024;

    private final SegmentSink sink;
    private final SegmentPublisher publisher;
    private final LagWatch watch;
    private final DurableLag lag;
    private final long budgetBytes;
    private final Duration checkpointPatience;
    private final ProcessingTimeService time;
    private final Duration tick;
    private final Map<TopicIdPartition, OpenSegment> openSegments = new HashMap<>();
    /** What the open segments occupy together. */
    private long openBytes;

    /** What was appended since the last look at the budget. */
    private long unbudgetedBytes;

    /**
     * @param publisher closed with this writer
     * @param watch told what happens to records; closed with this writer
     * @param budgetBytes memory for open segments and those that wait to be published
     * @param checkpointPatience how long a checkpoint waits for the segments that it sealed
     */
    SegmentSinkWriter(
            SegmentSink sink,
            SegmentPublisher publisher,
            LagWatch watch,
            long budgetBytes,
            Duration checkpointPatience,
            ProcessingTimeService time) {
        this.sink = sink;
        this.publisher = publisher;
        this.watch = watch;
        this.lag = watch.lag();
        this.budgetBytes = budgetBytes;
        this.checkpointPatience = checkpointPatience;
        this.time = time;
        Duration tenth = sink.segmentAge().dividedBy(10);
        this.tick = tenth.compareTo(LONGEST_TICK) > 0 ? LONGEST_TICK : tenth.plusMillis(1);
        scheduleTick();
    }

    @Override
    public void write(PartitionBatch batch, Context context) throws InterruptedException {
        TopicIdPartition partition = batch.partition();
        if (batch.isNotice()) {
            takeNotice(batch);
            return;
        }
        long startOffset = batch.startOffset();
        OpenSegment segment = joining(batch);
        for (SegmentRecord record : batch.records()) {
            if (segment == null) {
                segment = open(batch, startOffset);
            }
            if (!segment.hasRecords()) {
                lag.waitFrom(partition, startOffset);
            }
            append(segment, record);
            startOffset = segment.endOffset();
            if (segment.encodedBytes() >= sink.segmentBytes()) {
                lag.readingAt(partition, startOffset);
                seal(partition);
            }
            if (unbudgetedBytes >= BUDGET_CHECK_BYTES) {
                lag.readingAt(partition, startOffset);
                stayWithinBudget();
            }
            segment = openSegments.get(partition);
        }
        if (segment == null && startOffset < batch.endOffset()) {
            segment = open(batch, startOffset);
        }
        if (segment != null) {
            long before = segment.heapBytes();
            segment.advanceTo(batch);
            openBytes += segment.heapBytes() - before;
        }
        lag.readingAt(partition, batch.endOffset());
        stayWithinBudget();
    }

    private void takeNotice(PartitionBatch notice) {
        if (notice.isEndOfIncarnation()) {
            lag.ended(notice.partition());
        } else {
            lag.readingAt(notice.partition(), notice.startOffset());
        }
    }

    /** To be called for each published segment, on any thread. */
    static void tellPublished(DurableLag lag, EncodedSegment segment) {
        // one without records was not waited for
        if (segment.name().records() > 0) {
            lag.published(segment.partition());
        }
    }

    private void append(OpenSegment segment, SegmentRecord record) {
        long before = segment.heapBytes();
        segment.append(record);
        long grown = segment.heapBytes() - before;
        openBytes += grown;
        unbudgetedBytes += Math.max(0, grown);
    }

    /** The open segment that the batch continues; null if the batch begins a new one. */
    private @Nullable OpenSegment joining(PartitionBatch batch) {
        OpenSegment segment = openSegments.get(batch.partition());
        if (segment == null || segment.endOffset() == batch.startOffset()) {
            return segment;
        }
        if (segment.startOffset() < batch.startOffset()) {
            // a gap; or the log was truncated: what lies before the batch is not read again, and what does not count
            // any more is overruled by the batch's higher leader epoch, as in segments that are published already
            seal(batch.partition());
        } else {
            LOG.warn(
                    "Dropped the open segment of {} up to offset {}: all of it is read again from {} on",
                    batch.partition(),
                    segment.endOffset(),
                    batch.startOffset());
            openBytes -= segment.heapBytes();
            openSegments.remove(batch.partition());
            if (segment.hasRecords()) {
                lag.dropped(batch.partition());
            }
        }
        return null;
    }

    private OpenSegment open(PartitionBatch batch, long startOffset) {
        TopicIdPartition partition = batch.partition();
        SegmentWriter writer = new SegmentWriter(sink.clusterId(), partition, startOffset, sink.compressionLevel());
        if (startOffset == batch.startOffset() && batch.gapStartOffset() < startOffset) {
            writer.followsGapFrom(batch.gapStartOffset());
        }
        OpenSegment segment = new OpenSegment(writer, startOffset, time.getCurrentProcessingTime());
        openSegments.put(partition, segment);
        openBytes += segment.heapBytes();
        return segment;
    }

    private void seal(TopicIdPartition partition) {
        OpenSegment segment = openSegments.remove(partition);
        if (segment != null) {
            openBytes -= segment.heapBytes();
            publisher.publish(segment.seal());
        }
    }

    private void sealAll(Predicate<OpenSegment> condition) {
        List<TopicIdPartition> sealed = new ArrayList<>();
        openSegments.forEach((partition, segment) -> {
            if (condition.test(segment)) {
                sealed.add(partition);
            }
        });
        sealed.forEach(this::seal);
    }

    /**
     * Many partitions share one budget: the largest segment goes early, and when too much waits for the storage, we
     * wait.
     */
    private void stayWithinBudget() throws InterruptedException {
        while (heldBytes() > budgetBytes) {
            if (openBytes > budgetBytes / 2 || publisher.waitingBytes() == 0) {
                openSegments.entrySet().stream()
                        .max(Comparator.comparingLong(entry -> entry.getValue().heapBytes()))
                        .map(Map.Entry::getKey)
                        .ifPresent(this::seal);
            } else {
                publisher.awaitNext();
            }
        }
        unbudgetedBytes = 0;
    }

    /** Memory held by open segments and those that wait to be published. */
    long heldBytes() {
        return openBytes + publisher.waitingBytes();
    }

    /** Called at every checkpoint, and at the end of the input, when everything has to be published. */
    @Override
    public void flush(boolean endOfInput) throws InterruptedException {
        if (endOfInput) {
            sealAll(any -> true);
            while (!publisher.awaitAll(checkpointPatience)) {
                LOG.info("Waiting for {} bytes to be published before the end", publisher.waitingBytes());
            }
            watch.finish();
            return;
        }
        sealAll(OpenSegment::hasRecords);
        if (!publisher.awaitAll(checkpointPatience)) {
            LOG.warn(
                    "A checkpoint goes ahead of {} bytes that are not published yet; they would be read again from Kafka",
                    publisher.waitingBytes());
        }
    }

    private void scheduleTick() {
        Future<?> unused = time.registerTimer(time.getCurrentProcessingTime() + tick.toMillis(), now -> {
            sealAll(segment -> now - segment.openedAtMs()
                    >= (segment.hasRecords() ? sink.segmentAge() : EMPTY_SEGMENT_AGE).toMillis());
            scheduleTick();
        });
    }

    @Override
    public void close() {
        watch.close();
        publisher.close();
    }
}
