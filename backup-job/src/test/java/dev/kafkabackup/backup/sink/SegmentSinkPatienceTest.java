// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.backup.source.PartitionBatch;
import dev.kafkabackup.offset.OffsetRange;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much memory is used, and who waits for the storage how long. */
@Timeout(30)
class SegmentSinkPatienceTest {

    private final TestSink sink = new TestSink();

    @AfterEach
    void closeSink() {
        sink.close();
    }

    @Test
    void manyPartitionsStayWithinTheBudgetAndAreAllPublished() throws Exception {
        long budget = TestSink.MEBIBYTE / 2;
        sink.open(TestSink.MEBIBYTE, budget);
        for (int round = 0; round < 3; round++) {
            for (int number = 0; number < 200; number++) {
                TopicIdPartition partition = new TopicIdPartition(TestSink.ORDERS, number, "orders");
                sink.write(new PartitionBatch(
                        partition,
                        round * 2L,
                        round * 2L + 2,
                        0,
                        List.of(sink.record(round * 2L, 0, 3_000), sink.record(round * 2L + 1, 0, 3_000))));
                assertThat(sink.writer().heldBytes()).isLessThanOrEqualTo(budget);
            }
        }

        sink.writer().flush(true);

        assertThat(sink.writer().heldBytes()).isZero();
        for (int number = 0; number < 200; number++) {
            assertThat(sink.segments(new TopicIdPartition(TestSink.ORDERS, number, "orders"))
                            .coverage()
                            .ranges())
                    .containsExactly(new OffsetRange(0, 6));
        }
    }

    @Test
    void aBatchLargerThanTheBudgetGoesThroughAllTheSame() throws Exception {
        sink.open(64 * TestSink.MEBIBYTE, 100_000);

        sink.write(sink.batch(0, 4, 0, 200_000));
        sink.writer().flush(true);

        assertThat(sink.segments().coverage().ranges()).containsExactly(new OffsetRange(0, 4));
    }

    @Test
    void storageThatIsAwayHoldsUpTheWriterOnceTheBudgetIsUsedAndNothingIsLost() throws Exception {
        sink.open(16 * 1024, 100_000);
        sink.storage().block();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 20; i++) {
                sink.write(sink.batch(i * 10L, i * 10L + 10, 0, 2_000));
            }
        });
        // one upload that hangs, and a writer that waits for it
        await().until(() -> sink.storage().attempts() == 1 && sink.writer().heldBytes() > 80_000);
        assertThat(writing).isNotDone();

        sink.storage().letThrough();
        writing.get();
        sink.writer().flush(true);

        sink.assertTouching();
        assertThat(sink.storedOffsets()).containsExactlyElementsOf(TestSink.offsets(0, 200));
    }

    @Test
    void aLargeSegmentIsPublishedWhileRecordsFlowAndWithoutHoldingThemUp() throws Exception {
        sink.open(64 * 1024, 64 * TestSink.MEBIBYTE);
        sink.storage().block();

        sink.write(sink.batch(0, 20, 0, 10_000));
        await().until(() -> sink.storage().attempts() == 1);
        sink.write(sink.batch(20, 40, 0, 10_000));
        sink.storage().letThrough();

        await("uploads without checkpoint, age or end")
                .until(() -> sink.storage().published().size() >= 4);
        sink.assertTouching();
    }

    @Test
    void aCheckpointWaitsForTheSegmentsThatItSealed() throws Exception {
        sink.storage().block();
        sink.write(sink.batch(0, 10, 0));
        Thread task = new Thread(() -> {
            try {
                sink.writer().flush(false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        task.start();
        await().until(() -> sink.storage().attempts() == 1 && task.getState() == Thread.State.TIMED_WAITING);
        assertThat(sink.storage().published()).isEmpty();

        sink.storage().letThrough();
        task.join();

        assertThat(sink.ranges()).containsExactly(new OffsetRange(0, 10));
    }

    /** The end of the test without a time limit for it: storage that stays away would hold it up for ever. */
    @Test
    void aCheckpointGoesAheadOfStorageThatDoesNotAnswerAndTheUploadGoesOn() throws Exception {
        sink.open(TestSink.MEBIBYTE, 64 * TestSink.MEBIBYTE, Duration.ofMillis(50));
        sink.storage().block();
        sink.write(sink.batch(0, 10, 0));

        sink.writer().flush(false);

        assertThat(sink.storage().published()).isEmpty();
        sink.write(sink.batch(10, 20, 0));
        sink.writer().flush(false);
        sink.storage().letThrough();
        sink.writer().flush(true);
        assertThat(sink.ranges()).containsExactly(new OffsetRange(0, 10), new OffsetRange(10, 20));
    }

    @Test
    void theLargestOpenSegmentIsSealedWhenTheBudgetIsUsed() throws Exception {
        sink.open(64 * TestSink.MEBIBYTE, TestSink.MEBIBYTE);
        TopicIdPartition small = new TopicIdPartition(TestSink.ORDERS, 1, "orders");
        sink.write(new PartitionBatch(small, 0, 1, 0, List.of(sink.record(0, 0, 100))));

        for (int i = 0; i < 40; i++) {
            sink.write(sink.batch(i * 10L, i * 10L + 10, 0, 5_000));
        }

        await().until(() -> !sink.storage().published().isEmpty());
        assertThat(sink.segments(small).segments()).isEmpty();
        sink.writer().flush(true);
        assertThat(sink.storedOffsets()).containsExactlyElementsOf(TestSink.offsets(0, 400));
        assertThat(sink.segments(small).segments()).hasSize(1);
    }

    @Test
    void openSegmentsThatHoldNextToNothingUseTheBudgetToo() {
        sink.open(64 * TestSink.MEBIBYTE, TestSink.MEBIBYTE);

        for (int number = 0; number < 200; number++) {
            TopicIdPartition partition = new TopicIdPartition(TestSink.ORDERS, number, "orders");
            sink.write(new PartitionBatch(partition, 0, 1, 0, List.of(sink.record(0, 0, 1))));
        }

        await("a Parquet file in memory takes more than ten KiB, whatever is in it")
                .until(() -> sink.storage().published().size() > 100);
    }

    @Test
    void theBudgetIsLookedAtWithinABatch() {
        sink.open(64 * TestSink.MEBIBYTE, 2 * TestSink.MEBIBYTE);
        sink.storage().block();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> sink.write(sink.batch(0, 1_600, 0, 10_000)));

        await().until(() -> sink.storage().attempts() == 1 && sink.writer().heldBytes() > 2 * TestSink.MEBIBYTE);
        assertThat(writing).isNotDone();
        assertThat(sink.writer().heldBytes()).isLessThan(4 * TestSink.MEBIBYTE);
        sink.storage().letThrough();
        writing.join();
    }

    @Test
    void anInterruptEndsTheWaitForStorageSoThatAJobCanBeCancelled() throws Exception {
        sink.open(16 * 1024, 50_000);
        sink.storage().block();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread task = new Thread(() -> {
            try {
                sink.writer().write(sink.batch(0, 100, 0, 2_000), TestSink.CONTEXT);
            } catch (InterruptedException | RuntimeException e) {
                thrown.complete(e);
            }
        });
        task.start();
        await().until(() ->
                task.getState() == Thread.State.WAITING && sink.storage().attempts() == 1);

        task.interrupt();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }
}
