// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionCoverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.fixture.MemoryStorage;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class OpenPartitionTest {

    private static final TopicIdPartition ORDERS_0 =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");
    private static final OptionalLong FOR_EVER = OptionalLong.empty();

    @Test
    void nothingIsReadBeforeTheCoverageIsKnown() {
        CompletableFuture<PartitionCoverage> opening = new CompletableFuture<>();
        OpenPartition partition = new OpenPartition(new PartitionSplit(ORDERS_0, FOR_EVER), opening);
        assertThat(partition.isOpened()).isFalse();

        opening.complete(segments(covered(0, 10, 2)));

        assertThat(partition.isOpened()).isTrue();
        assertThat(partition.seekPosition()).isEqualTo(new OffsetAndMetadata(10, Optional.of(2), ""));
    }

    @Test
    void readingBeginsAtTheFirstUncoveredOffsetAlsoIfMoreIsCoveredBehindIt() {
        OpenPartition partition = opened(FOR_EVER, covered(0, 10, 0), covered(20, 30, 0));

        assertThat(partition.position()).isEqualTo(10);
    }

    @Test
    void withoutAnythingCoveredReadingBeginsAt0WithoutAnEpoch() {
        OpenPartition partition = opened(FOR_EVER);

        assertThat(partition.seekPosition()).isEqualTo(new OffsetAndMetadata(0, Optional.empty(), ""));
    }

    @Test
    void aBatchRangesFromPositionToPositionWhateverRecordsAreInBetween() {
        OpenPartition partition = opened(FOR_EVER);

        PartitionBatch batch = partition.advance(records(3, 5), next(9, 1)).orElseThrow();

        assertThat(batch.startOffset()).isZero();
        assertThat(batch.endOffset()).isEqualTo(9);
        assertThat(batch.leaderEpoch()).isEqualTo(1);
        assertThat(offsets(batch)).containsExactly(3L, 4L);
        assertThat(partition.position()).isEqualTo(9);
    }

    @Test
    void offsetsWithoutRecordsAreABatchToo() {
        OpenPartition partition = opened(FOR_EVER);

        assertThat(partition.advance(List.of(), next(4, 0)))
                .hasValueSatisfying(batch -> assertThat(batch.endOffset()).isEqualTo(4));
        assertThat(partition.advance(List.of(), next(4, 0))).isEmpty();
    }

    @Test
    void whatIsCoveredIsLeftOutOfTheBatchAndJumped() {
        OpenPartition partition = opened(FOR_EVER, covered(0, 10, 0), covered(20, 30, 3), covered(30, 40, 4));

        PartitionBatch batch = partition.advance(records(10, 35), next(35, 0)).orElseThrow();

        assertThat(batch.startOffset()).isEqualTo(10);
        assertThat(batch.endOffset()).isEqualTo(20);
        assertThat(offsets(batch)).containsExactlyElementsOf(range(10, 20));
        assertThat(partition.seekPosition()).isEqualTo(new OffsetAndMetadata(40, Optional.of(4), ""));
    }

    @Test
    void aBatchThatWasCutHasTheEpochOfItsRecordsNotOfWhatWasCutOff() {
        OpenPartition partition = opened(FOR_EVER, covered(20, 30, 5));
        List<ConsumerRecord<byte[], byte[]>> polled = LongStream.range(0, 30)
                .mapToObj(offset -> record(offset, offset < 15 ? 2 : 5))
                .toList();

        PartitionBatch batch =
                partition.advance(polled.subList(0, 15), next(25, 5)).orElseThrow();

        assertThat(batch.endOffset()).isEqualTo(20);
        assertThat(batch.leaderEpoch()).isEqualTo(2);
    }

    @Test
    void aHoleOfWhichKafkaHasNoRecordLeftIsNotOverruledByWhatLiesBeforeIt() {
        OpenPartition partition = opened(FOR_EVER, covered(0, 10, 2), covered(20, 30, 5));

        PartitionBatch batch = partition.advance(List.of(), next(25, 5)).orElseThrow();

        assertThat(batch.endOffset()).isEqualTo(20);
        assertThat(batch.leaderEpoch()).isEqualTo(2);
        assertThat(segments(covered(0, 10, 2), covered(10, 20, batch.leaderEpoch()), covered(20, 30, 5))
                        .covered()
                        .ranges())
                .containsExactly(new OffsetRange(0, 30));
    }

    @Test
    void aHoleWithoutRecordsBeforeEverythingIsNotOverruledByWhatIsReadBeforeItLater() {
        OpenPartition partition = opened(FOR_EVER, covered(20, 30, 5), covered(30, 40, 6));
        partition.skipTo(10);

        PartitionBatch batch = partition.advance(List.of(), next(25, 5)).orElseThrow();

        assertThat(batch.endOffset()).isEqualTo(20);
        assertThat(batch.leaderEpoch()).isEqualTo(5);
    }

    @Test
    void aHoleWithoutRecordsBehindAGapIsNotOverruledByWhatLiesBeforeTheGap() {
        OpenPartition partition = opened(FOR_EVER, covered(0, 10, 2), covered(20, 30, 5));
        partition.skipTo(15);

        PartitionBatch batch = partition.advance(List.of(), next(25, 5)).orElseThrow();

        assertThat(batch.leaderEpoch()).isEqualTo(2);
    }

    @Test
    void aBoundedReadingIsFinishedAtItsStopOffset() {
        OpenPartition partition = opened(OptionalLong.of(10), covered(0, 8, 0));
        assertThat(partition.isFinished()).isFalse();

        partition.advance(records(8, 10), next(11, 0));

        assertThat(partition.isFinished()).isTrue();
    }

    @Test
    void aBoundedReadingOfWhatIsCoveredAlreadyIsFinishedWhenTheLogIsKnownToContainIt() {
        OpenPartition covered = opened(OptionalLong.of(10), covered(0, 10, 0));
        assertThat(covered.isFinished()).isFalse();
        assertThat(covered.awaitsValidation()).isTrue();

        covered.setValidated();

        assertThat(covered.isFinished()).isTrue();
        assertThat(opened(OptionalLong.of(0)).isFinished()).isTrue();
    }

    @Test
    void whatIsJumpedIsValidatedAlsoIfTheConsumerCameToItsEndByItself() {
        OpenPartition partition = opened(OptionalLong.of(30), covered(0, 10, 0), covered(20, 30, 3));

        partition.advance(records(10, 30), next(30, 4));

        assertThat(partition.hasJumped(next(30, 4))).isTrue();
        assertThat(partition.seekPosition()).isEqualTo(new OffsetAndMetadata(30, Optional.of(3), ""));
        assertThat(partition.isFinished()).isFalse();
        assertThat(partition.awaitsValidation()).isTrue();

        partition.truncateTo(new OffsetAndMetadata(25, Optional.of(3), ""));
        partition.advance(records(25, 30), next(30, 4));
        assertThat(partition.hasJumped(next(30, 4))).isFalse();
        assertThat(partition.isFinished()).isTrue();
    }

    @Test
    void whatIsJumpedAfterASkipIsValidated() {
        OpenPartition partition = opened(OptionalLong.of(30), covered(0, 10, 0), covered(20, 30, 3));
        partition.advance(records(10, 12), next(12, 0));

        partition.skipTo(25);

        assertThat(partition.isFinished()).isFalse();
        assertThat(partition.awaitsValidation()).isTrue();
    }

    @Test
    void aBoundedReadingEndsWhereATruncatedLogEnds() {
        OpenPartition partition = opened(OptionalLong.of(10), covered(0, 8, 0));
        partition.setValidated();
        partition.truncateTo(new OffsetAndMetadata(5, Optional.of(0), ""));
        assertThat(partition.isFinished()).isFalse();

        partition.stopAt(5);

        assertThat(partition.isFinished()).isTrue();
    }

    @Test
    void aSkipIsLostWithItsExactRange() {
        OpenPartition partition = opened(FOR_EVER, covered(0, 10, 0));

        assertThat(partition.skipTo(25)).containsExactly(new OffsetRange(10, 25));
        assertThat(partition.position()).isEqualTo(25);
    }

    @Test
    void theFirstBatchBehindAGapSaysWhereTheGapBegins() {
        OpenPartition partition = opened(FOR_EVER, covered(0, 10, 0), covered(20, 30, 0));
        partition.skipTo(45);

        PartitionBatch first = partition.advance(records(45, 50), next(50, 0)).orElseThrow();
        PartitionBatch second = partition.advance(records(50, 60), next(60, 0)).orElseThrow();

        assertThat(first.gapStartOffset()).isEqualTo(30);
        assertThat(second.gapStartOffset()).isEqualTo(second.startOffset());
    }

    @Test
    void whatIsCoveredBetweenTheLostRangesIsNotLost() {
        OpenPartition partition = opened(FOR_EVER, covered(0, 10, 0), covered(20, 30, 0), covered(40, 50, 7));

        assertThat(partition.skipTo(45)).containsExactly(new OffsetRange(10, 20), new OffsetRange(30, 40));
        assertThat(partition.seekPosition()).isEqualTo(new OffsetAndMetadata(50, Optional.of(7), ""));
    }

    @Test
    void whatExpiredBeforeTheFirstBackupIsNotLost() {
        OpenPartition fresh = opened(FOR_EVER);
        fresh.setFetching(true);
        assertThat(fresh.skipTo(100)).isEmpty();
        assertThat(fresh.position()).isEqualTo(100);

        OpenPartition begunLater = opened(FOR_EVER, covered(100, 120, 0));
        assertThat(begunLater.skipTo(50)).isEmpty();
        assertThat(begunLater.position()).isEqualTo(50);
        assertThat(begunLater.skipTo(130)).containsExactly(new OffsetRange(120, 130));
    }

    @Test
    void whatWasReadAndNotPublishedYetCountsAsBegun() {
        OpenPartition partition = opened(FOR_EVER);
        partition.setFetching(true);
        partition.advance(records(0, 10), next(10, 0));

        assertThat(partition.skipTo(15)).containsExactly(new OffsetRange(10, 15));
    }

    @Test
    void afterATruncationEverythingFromThereOnIsReadWhateverWasCovered() {
        OpenPartition partition = opened(FOR_EVER, covered(0, 10, 4), covered(15, 20, 4));

        partition.truncateTo(new OffsetAndMetadata(6, Optional.of(3), ""));

        assertThat(partition.seekPosition()).isEqualTo(new OffsetAndMetadata(6, Optional.of(3), ""));
        PartitionBatch batch = partition.advance(records(6, 18), next(18, 5)).orElseThrow();
        assertThat(batch.startOffset()).isEqualTo(6);
        assertThat(offsets(batch)).containsExactlyElementsOf(range(6, 18));
    }

    private static OpenPartition opened(OptionalLong stopOffset, SegmentName... covered) {
        OpenPartition partition = new OpenPartition(
                new PartitionSplit(ORDERS_0, stopOffset), CompletableFuture.completedFuture(segments(covered)));
        assertThat(partition.isOpened()).isTrue();
        return partition;
    }

    private static SegmentName covered(long startOffset, long endOffset, int epoch) {
        return new SegmentName(new OffsetRange(startOffset, endOffset), epoch, -1, -1, 0, 100);
    }

    private static PartitionCoverage segments(SegmentName... names) {
        MemoryStorage listed = new MemoryStorage();
        for (SegmentName name : names) {
            listed.addListed(BackupLayout.segment(ORDERS_0, name), name.sizeBytes(), Instant.EPOCH);
        }
        try {
            return PartitionCoverage.of(new Catalog(listed).segments(ORDERS_0));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(long startOffset, long endOffset) {
        return LongStream.range(startOffset, endOffset)
                .mapToObj(offset -> record(offset, 0))
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, int epoch) {
        return new ConsumerRecord<>(
                "orders",
                0,
                offset,
                1_700_000_000_000L,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                new byte[] {1},
                new RecordHeaders(),
                Optional.of(epoch));
    }

    private static OffsetAndMetadata next(long offset, int epoch) {
        return new OffsetAndMetadata(offset, Optional.of(epoch), "");
    }

    private static List<Long> offsets(PartitionBatch batch) {
        return batch.records().stream().map(SegmentRecord::offset).toList();
    }

    private static List<Long> range(long startOffset, long endOffset) {
        return LongStream.range(startOffset, endOffset).boxed().toList();
    }
}
