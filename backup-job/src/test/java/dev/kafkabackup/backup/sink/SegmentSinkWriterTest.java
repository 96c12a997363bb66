// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SegmentSinkWriterTest {

    private static final Uuid ORDERS = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final TopicIdPartition ORDERS_0 = new TopicIdPartition(ORDERS, 0, "orders");
    private static final SinkWriter.Context CONTEXT = new SinkWriter.Context() {
        @Override
        public long currentWatermark() {
            return Long.MIN_VALUE;
        }

        @Override
        public Long timestamp() {
            return null;
        }
    };
    private static final long MEBIBYTE = 1 << 20;
    private static final LagWatch.Settings LAG =
            new LagWatch.Settings(new KafkaConnection("127.0.0.1:1", Map.of()), "kafka-backup", Duration.ofHours(1));

    private final MemoryStorage storage = new MemoryStorage();
    private final ManualTime time = new ManualTime();
    private final Random random = new Random(7);
    private final DurableLag lag = new DurableLag(System::nanoTime);
    private SegmentSinkWriter writer;

    @BeforeEach
    void openWriter() {
        writer = writer(MEBIBYTE, 64 * MEBIBYTE);
    }

    @AfterEach
    void closeWriter() {
        writer.close();
    }

    private SegmentSinkWriter writer(long segmentBytes, long budgetBytes) {
        return writer(segmentBytes, budgetBytes, Duration.ofSeconds(20));
    }

    private SegmentSinkWriter writer(long segmentBytes, long budgetBytes, Duration checkpointPatience) {
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

    @Test
    void batchesThatFollowOneAnotherBecomeOneSegmentAtACheckpoint() throws Exception {
        write(batch(0, 10, 0));
        write(batch(10, 25, 0));
        assertThat(storage.published()).isEmpty();

        writer.flush(false);

        assertThat(ranges()).containsExactly(new OffsetRange(0, 25));
        assertThat(storedOffsets()).containsExactlyElementsOf(offsets(0, 25));
    }

    @Test
    void aSegmentIsSealedAtItsSizeAlsoInTheMiddleOfABatch() throws Exception {
        writer = writer(64 * 1024, 64 * MEBIBYTE);

        write(batch(0, 40, 0, 10_000));
        writer.flush(true);

        assertThat(ranges()).hasSizeBetween(5, 8);
        assertThat(segments().segments())
                .allSatisfy(segment -> assertThat(segment.name().sizeBytes()).isLessThan(80 * 1024));
        assertTouching();
        assertThat(storedOffsets()).containsExactlyElementsOf(offsets(0, 40));
    }

    @Test
    void offsetsBehindTheLastRecordOfASegmentThatWasSealedBySizeAreCovered() throws Exception {
        writer = writer(16 * 1024, 64 * MEBIBYTE);

        // the last record fills the segment, a marker follows
        write(new PartitionBatch(ORDERS_0, 0, 3, 0, List.of(record(0, 0, 10), record(1, 0, 20_000))));
        writer.flush(true);

        assertThat(segments().coverage().ranges()).containsExactly(new OffsetRange(0, 3));
        assertThat(ranges()).containsExactly(new OffsetRange(0, 2), new OffsetRange(2, 3));
    }

    @Test
    void aSegmentIsSealedAtItsAgeWithoutAnyCheckpoint() throws Exception {
        write(batch(0, 10, 0));
        time.advance(59_000);
        assertThat(storage.published()).isEmpty();

        time.advance(7_000);

        await().until(() -> storage.published().size() == 1);
        assertThat(ranges()).containsExactly(new OffsetRange(0, 10));
    }

    @Test
    void offsetsWithoutRecordsWaitForRecordsAndAreSealedAfterAnHourAtTheLatest() throws Exception {
        write(new PartitionBatch(ORDERS_0, 0, 7, 3, List.of()));
        writer.flush(false);
        time.advance(Duration.ofMinutes(59).toMillis());
        assertThat(storage.published()).isEmpty();

        time.advance(Duration.ofMinutes(2).toMillis());

        await().until(() -> storage.published().size() == 1);
        assertThat(segments().segments()).singleElement().satisfies(segment -> {
            assertThat(segment.name().range()).isEqualTo(new OffsetRange(0, 7));
            assertThat(segment.name().records()).isZero();
            assertThat(segment.name().leaderEpoch()).isEqualTo(3);
            assertThat(segment.name().minTimestamp()).isEqualTo(-1);
        });
    }

    @Test
    void offsetsWithoutRecordsArePublishedAtTheEnd() throws Exception {
        write(new PartitionBatch(ORDERS_0, 0, 7, 3, List.of()));

        writer.flush(true);

        assertThat(ranges()).containsExactly(new OffsetRange(0, 7));
    }

    @Test
    void aGapBetweenTwoBatchesIsCoveredByNoSegment() throws Exception {
        write(batch(0, 10, 0));
        write(batch(20, 30, 0));

        writer.flush(true);

        assertThat(ranges()).containsExactly(new OffsetRange(0, 10), new OffsetRange(20, 30));
        assertThat(segments().coverage().holes()).containsExactly(new OffsetRange(10, 20));
    }

    @Test
    void afterATruncationWhatLiesBeforeItStaysAndWhatLiesBehindItIsOverruled() throws Exception {
        write(batch(0, 10, 4));
        write(batch(6, 8, 5));

        writer.flush(true);

        assertThat(segments().coverage().ranges()).containsExactly(new OffsetRange(0, 8));
        assertThat(stored())
                .extracting(SegmentRecord::offset, SegmentRecord::leaderEpoch)
                .containsExactlyElementsOf(LongStream.range(0, 8)
                        .mapToObj(offset -> tuple(offset, offset < 6 ? 4 : 5))
                        .toList());
    }

    @Test
    void anOpenSegmentThatIsReadAgainFromItsBeginningIsDropped() throws Exception {
        write(batch(5, 10, 0));
        write(batch(5, 8, 1));

        writer.flush(true);

        assertThat(ranges()).containsExactly(new OffsetRange(5, 8));
    }

    @Test
    void manyPartitionsStayWithinTheBudgetAndAreAllPublished() throws Exception {
        long budget = MEBIBYTE / 2;
        writer = writer(MEBIBYTE, budget);
        for (int round = 0; round < 3; round++) {
            for (int number = 0; number < 200; number++) {
                TopicIdPartition partition = new TopicIdPartition(ORDERS, number, "orders");
                write(new PartitionBatch(
                        partition,
                        round * 2L,
                        round * 2L + 2,
                        0,
                        List.of(record(round * 2L, 0, 3_000), record(round * 2L + 1, 0, 3_000))));
                assertThat(writer.heldBytes()).isLessThanOrEqualTo(budget);
            }
        }

        writer.flush(true);

        assertThat(writer.heldBytes()).isZero();
        for (int number = 0; number < 200; number++) {
            assertThat(segments(new TopicIdPartition(ORDERS, number, "orders"))
                            .coverage()
                            .ranges())
                    .containsExactly(new OffsetRange(0, 6));
        }
    }

    @Test
    void aBatchLargerThanTheBudgetGoesThroughAllTheSame() throws Exception {
        writer = writer(64 * MEBIBYTE, 100_000);

        write(batch(0, 4, 0, 200_000));
        writer.flush(true);

        assertThat(segments().coverage().ranges()).containsExactly(new OffsetRange(0, 4));
    }

    @Test
    void storageThatIsAwayHoldsUpTheWriterOnceTheBudgetIsUsedAndNothingIsLost() throws Exception {
        writer = writer(16 * 1024, 100_000);
        storage.block();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 20; i++) {
                write(batch(i * 10L, i * 10L + 10, 0, 2_000));
            }
        });
        // one upload that hangs, and a writer that waits for it
        await().until(() -> storage.attempts() == 1 && writer.heldBytes() > 80_000);
        assertThat(writing).isNotDone();

        storage.letThrough();
        writing.get();
        writer.flush(true);

        assertTouching();
        assertThat(storedOffsets()).containsExactlyElementsOf(offsets(0, 200));
    }

    @Test
    void aLargeSegmentIsPublishedWhileRecordsFlowAndWithoutHoldingThemUp() throws Exception {
        writer = writer(64 * 1024, 64 * MEBIBYTE);
        storage.block();

        write(batch(0, 20, 0, 10_000));
        await().until(() -> storage.attempts() == 1);
        write(batch(20, 40, 0, 10_000));
        storage.letThrough();

        await("uploads without checkpoint, age or end")
                .until(() -> storage.published().size() >= 4);
        assertTouching();
    }

    @Test
    void aCheckpointWaitsForTheSegmentsThatItSealed() throws Exception {
        storage.block();
        write(batch(0, 10, 0));
        Thread task = new Thread(() -> {
            try {
                writer.flush(false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        task.start();
        await().until(() -> storage.attempts() == 1 && task.getState() == Thread.State.TIMED_WAITING);
        assertThat(storage.published()).isEmpty();

        storage.letThrough();
        task.join();

        assertThat(ranges()).containsExactly(new OffsetRange(0, 10));
    }

    /** The end of the test without a time limit for it: storage that stays away would hold it up for ever. */
    @Test
    void aCheckpointGoesAheadOfStorageThatDoesNotAnswerAndTheUploadGoesOn() throws Exception {
        writer = writer(MEBIBYTE, 64 * MEBIBYTE, Duration.ofMillis(50));
        storage.block();
        write(batch(0, 10, 0));

        writer.flush(false);

        assertThat(storage.published()).isEmpty();
        write(batch(10, 20, 0));
        writer.flush(false);
        storage.letThrough();
        writer.flush(true);
        assertThat(ranges()).containsExactly(new OffsetRange(0, 10), new OffsetRange(10, 20));
    }

    @Test
    void theLargestOpenSegmentIsSealedWhenTheBudgetIsUsed() throws Exception {
        writer = writer(64 * MEBIBYTE, MEBIBYTE);
        TopicIdPartition small = new TopicIdPartition(ORDERS, 1, "orders");
        write(new PartitionBatch(small, 0, 1, 0, List.of(record(0, 0, 100))));

        for (int i = 0; i < 40; i++) {
            write(batch(i * 10L, i * 10L + 10, 0, 5_000));
        }

        await().until(() -> !storage.published().isEmpty());
        assertThat(segments(small).segments()).isEmpty();
        writer.flush(true);
        assertThat(storedOffsets()).containsExactlyElementsOf(offsets(0, 400));
        assertThat(segments(small).segments()).hasSize(1);
    }

    @Test
    void openSegmentsThatHoldNextToNothingUseTheBudgetToo() {
        writer = writer(64 * MEBIBYTE, MEBIBYTE);

        for (int number = 0; number < 100; number++) {
            TopicIdPartition partition = new TopicIdPartition(ORDERS, number, "orders");
            write(new PartitionBatch(partition, 0, 1, 0, List.of(record(0, 0, 1))));
        }

        await("a Parquet file in memory takes tens of KiB, whatever is in it")
                .until(() -> storage.published().size() > 50);
    }

    @Test
    void theBudgetIsLookedAtWithinABatch() {
        writer = writer(64 * MEBIBYTE, 2 * MEBIBYTE);
        storage.block();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(batch(0, 1_600, 0, 10_000)));

        await().until(() -> storage.attempts() == 1 && writer.heldBytes() > 2 * MEBIBYTE);
        assertThat(writing).isNotDone();
        assertThat(writer.heldBytes()).isLessThan(4 * MEBIBYTE);
        storage.letThrough();
        writing.join();
    }

    @Test
    void anInterruptEndsTheWaitForStorageSoThatAJobCanBeCancelled() throws Exception {
        writer = writer(16 * 1024, 50_000);
        storage.block();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread task = new Thread(() -> {
            try {
                writer.write(batch(0, 100, 0, 2_000), CONTEXT);
            } catch (InterruptedException | RuntimeException e) {
                thrown.complete(e);
            }
        });
        task.start();
        await().until(() -> task.getState() == Thread.State.WAITING && storage.attempts() == 1);

        task.interrupt();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    private void write(PartitionBatch batch) {
        try {
            writer.write(batch, CONTEXT);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private PartitionBatch batch(long startOffset, long endOffset, int epoch) {
        return batch(startOffset, endOffset, epoch, 20);
    }

    private PartitionBatch batch(long startOffset, long endOffset, int epoch, int valueBytes) {
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
    private SegmentRecord record(long offset, int epoch, int valueBytes) {
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        return new SegmentRecord(
                offset, 1_700_000_000_000L, TimestampType.CREATE_TIME, epoch, null, value, new RecordHeaders());
    }

    private PartitionSegments segments() throws Exception {
        return segments(ORDERS_0);
    }

    private PartitionSegments segments(TopicIdPartition partition) throws Exception {
        return new Catalog(storage).segments(partition);
    }

    private List<OffsetRange> ranges() throws Exception {
        return segments().segments().stream()
                .map(segment -> segment.name().range())
                .toList();
    }

    private void assertTouching() throws Exception {
        long next = 0;
        for (OffsetRange range : ranges()) {
            assertThat(range.startOffset()).isEqualTo(next);
            next = range.endOffset();
        }
    }

    private List<SegmentRecord> stored() throws Exception {
        List<SegmentRecord> stored = new ArrayList<>();
        try (PartitionRecords records = new PartitionRecords(
                ORDERS_0, segments().slices(), name -> storage.read(BackupLayout.segment(ORDERS_0, name)), 0)) {
            records.forEachRemaining(stored::add);
        }
        return stored;
    }

    private List<Long> storedOffsets() throws Exception {
        return stored().stream().map(SegmentRecord::offset).toList();
    }

    private static List<Long> offsets(long start, long end) {
        return LongStream.range(start, end).boxed().toList();
    }
}
