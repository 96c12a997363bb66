// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.backup.source.PartitionBatch;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentRecord;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When segments are sealed, and what they cover. */
@Timeout(30)
class SegmentSinkWriterTest {

    private final TestSink sink = new TestSink();

    @AfterEach
    void closeSink() {
        sink.close();
    }

    @Test
    void batchesThatFollowOneAnotherBecomeOneSegmentAtACheckpoint() throws Exception {
        sink.write(sink.batch(0, 10, 0));
        sink.write(sink.batch(10, 25, 0));
        assertThat(sink.storage().published()).isEmpty();

        sink.writer().flush(false);

        assertThat(sink.ranges()).containsExactly(new OffsetRange(0, 25));
        assertThat(sink.storedOffsets()).containsExactlyElementsOf(TestSink.offsets(0, 25));
    }

    @Test
    void aSegmentIsSealedAtItsSizeAlsoInTheMiddleOfABatch() throws Exception {
        sink.open(64 * 1024, 64 * TestSink.MEBIBYTE);

        sink.write(sink.batch(0, 40, 0, 10_000));
        sink.writer().flush(true);

        assertThat(sink.ranges()).hasSizeBetween(5, 8);
        assertThat(sink.segments().segments())
                .allSatisfy(segment -> assertThat(segment.name().sizeBytes()).isLessThan(80 * 1024));
        sink.assertTouching();
        assertThat(sink.storedOffsets()).containsExactlyElementsOf(TestSink.offsets(0, 40));
    }

    @Test
    void offsetsBehindTheLastRecordOfASegmentThatWasSealedBySizeAreCovered() throws Exception {
        sink.open(16 * 1024, 64 * TestSink.MEBIBYTE);

        // the last record fills the segment, a marker follows
        sink.write(new PartitionBatch(
                TestSink.ORDERS_0, 0, 3, 0, List.of(sink.record(0, 0, 10), sink.record(1, 0, 20_000))));
        sink.writer().flush(true);

        assertThat(sink.segments().coverage().ranges()).containsExactly(new OffsetRange(0, 3));
        assertThat(sink.ranges()).containsExactly(new OffsetRange(0, 2), new OffsetRange(2, 3));
    }

    @Test
    void aSegmentIsSealedAtItsAgeWithoutAnyCheckpoint() throws Exception {
        sink.write(sink.batch(0, 10, 0));
        sink.time().advance(59_000);
        assertThat(sink.storage().published()).isEmpty();

        sink.time().advance(7_000);

        await().until(() -> sink.storage().published().size() == 1);
        assertThat(sink.ranges()).containsExactly(new OffsetRange(0, 10));
    }

    @Test
    void offsetsWithoutRecordsWaitForRecordsAndAreSealedAfterAnHourAtTheLatest() throws Exception {
        sink.write(new PartitionBatch(TestSink.ORDERS_0, 0, 7, 3, List.of()));
        sink.writer().flush(false);
        sink.time().advance(Duration.ofMinutes(59).toMillis());
        assertThat(sink.storage().published()).isEmpty();

        sink.time().advance(Duration.ofMinutes(2).toMillis());

        await().until(() -> sink.storage().published().size() == 1);
        assertThat(sink.segments().segments()).singleElement().satisfies(segment -> {
            assertThat(segment.name().range()).isEqualTo(new OffsetRange(0, 7));
            assertThat(segment.name().records()).isZero();
            assertThat(segment.name().leaderEpoch()).isEqualTo(3);
            assertThat(segment.name().minTimestamp()).isEqualTo(-1);
        });
    }

    @Test
    void offsetsWithoutRecordsArePublishedAtTheEnd() throws Exception {
        sink.write(new PartitionBatch(TestSink.ORDERS_0, 0, 7, 3, List.of()));

        sink.writer().flush(true);

        assertThat(sink.ranges()).containsExactly(new OffsetRange(0, 7));
    }

    @Test
    void aGapBetweenTwoBatchesIsCoveredByNoSegment() throws Exception {
        sink.write(sink.batch(0, 10, 0));
        sink.write(sink.batch(20, 30, 0));

        sink.writer().flush(true);

        assertThat(sink.ranges()).containsExactly(new OffsetRange(0, 10), new OffsetRange(20, 30));
        assertThat(sink.segments().coverage().holes()).containsExactly(new OffsetRange(10, 20));
    }

    @Test
    void afterATruncationWhatLiesBeforeItStaysAndWhatLiesBehindItIsOverruled() throws Exception {
        sink.write(sink.batch(0, 10, 4));
        sink.write(sink.batch(6, 8, 5));

        sink.writer().flush(true);

        assertThat(sink.segments().coverage().ranges()).containsExactly(new OffsetRange(0, 8));
        assertThat(sink.stored())
                .extracting(SegmentRecord::offset, SegmentRecord::leaderEpoch)
                .containsExactlyElementsOf(LongStream.range(0, 8)
                        .mapToObj(offset -> tuple(offset, offset < 6 ? 4 : 5))
                        .toList());
    }

    @Test
    void anOpenSegmentThatIsReadAgainFromItsBeginningIsDropped() throws Exception {
        sink.write(sink.batch(5, 10, 0));
        sink.write(sink.batch(5, 8, 1));

        sink.writer().flush(true);

        assertThat(sink.ranges()).containsExactly(new OffsetRange(5, 8));
    }
}
