// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.fixture.MemoryStorage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToLongFunction;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class CompactionPlannerTest {

    private static final long TARGET_BYTES = 48L << 20;
    private static final long FOOTER_BYTES = 1_500;
    private static final int MONTH = 30 * 24 * 60;
    private static final int VISIT_MINUTES = 30;
    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    private final CompactionPlanner planner = new CompactionPlanner(TARGET_BYTES);

    @Test
    void aMonthOfOneMinuteSegmentsBecomesFewThatWereRewrittenAtMostThreeTimes() throws IOException {
        month("steady", minute -> 10, 100);
        month("by day", minute -> 1 + (long) (500 * Math.pow(Math.sin(minute * Math.PI / 1_440), 4)), 60);
        Random random = new Random(7);
        month("spiky", minute -> 1 + (long) Math.exp(random.nextDouble() * 6), 100);
        month("fading", minute -> 1 + (MONTH - minute) / 100, 100);
    }

    @Test
    void howeverTheTrafficComesAndGoesThereAreFewObjectsAndLittleIsRewritten() throws IOException {
        Random spikes = new Random(9);
        wildMonth("spikes", minute -> spikes.nextDouble() < 0.01 ? 1_000 : 1);
        Random heavy = new Random(10);
        wildMonth("heavy tail", minute -> (long) Math.min(100_000, 1 / (1 - heavy.nextDouble())));
        wildMonth("spikes between spikes", minute -> {
            long count = 1;
            for (long rest = minute + 1L; rest % 6 == 0; rest /= 6) {
                count *= 6;
            }
            return count;
        });
    }

    @Test
    void aGapSurvives() throws IOException {
        List<SegmentName> names = minutes(0, 50, 0);
        names.addAll(minutes(60, 70, 0));

        assertThat(planner.plan(segments(names))).extracting(Merge::range).containsExactly(new OffsetRange(0, 50));
    }

    @Test
    void whatNothingCanBeAddedToIsMergedAtOnce() throws IOException {
        List<SegmentName> names = minutes(0, 3, 0);
        names.add(name(3, 10, 0, TARGET_BYTES / 2));
        names.addAll(minutes(10, 13, 0));

        assertThat(planner.plan(segments(names)))
                .as("in front of the large one; behind it more will follow")
                .extracting(Merge::range)
                .containsExactly(new OffsetRange(0, 3));
    }

    @Test
    void aMergedSegmentIsNeverLargerThanTheTarget() throws IOException {
        List<SegmentName> names = new ArrayList<>();
        Random random = new Random(11);
        long offset = 0;
        for (int i = 0; i < 2_000; i++) {
            names.add(name(offset, offset + 10, 0, 1 + random.nextLong(TARGET_BYTES / 3)));
            offset += 10;
        }

        assertThat(planner.plan(segments(names)))
                .isNotEmpty()
                .allSatisfy(merge -> assertThat(merge.bytes()).isLessThanOrEqualTo(TARGET_BYTES));
    }

    @Test
    void whatAHigherLeaderEpochOverruledIsLeftOut() throws IOException {
        List<SegmentName> names = minutes(0, 30, 1);
        names.add(name(25, 26, 2, 2_000));
        names.addAll(minutes(26, 60, 2));

        assertThat(planner.plan(segments(names))).singleElement().satisfies(merge -> {
            assertThat(merge.range().startOffset()).isZero();
            assertThat(merge.leaderEpoch()).isEqualTo(2);
            assertThat(merge.slices())
                    .filteredOn(slice -> slice.name().leaderEpoch() == 1)
                    .allMatch(slice -> slice.valid().endOffset() <= 25);
        });
    }

    @Test
    void whatAnotherSegmentStandsForIsNotMergedAgain() throws IOException {
        List<SegmentName> names = minutes(0, 40, 0);
        Merge merge = planner.plan(segments(names)).get(0);
        names.add(name(merge.range().startOffset(), merge.range().endOffset(), 0, 5_000));

        assertThat(planner.plan(segments(names))).isEmpty();
    }

    @Test
    void noMergeOverrulesWhatAnotherSegmentMerelyMayStandFor() throws IOException {
        List<SegmentName> names = new ArrayList<>(List.of(name(0, 1, 1, 2_000), name(0, 2, 1, 2_000)));
        names.addAll(minutes(2, 100, 2));

        assertOverrulesNothing(segments(names));
    }

    @Test
    void noMergeOverrulesWhatReachesIntoIt() throws IOException {
        List<SegmentName> names = new ArrayList<>();
        for (long start = 0; start < 1_000; start += 10) {
            names.add(name(start, start + 20, 1, 2_000));
        }
        names.addAll(minutes(1_010, 2_000, 2));

        assertOverrulesNothing(segments(names));
    }

    private void assertOverrulesNothing(PartitionSegments segments) {
        List<Merge> merges = planner.plan(segments);

        assertThat(merges)
                .isNotEmpty()
                .allSatisfy(merge -> assertThat(segments.slices())
                        .filteredOn(slice -> slice.name().leaderEpoch() < merge.leaderEpoch())
                        .filteredOn(slice ->
                                slice.valid().endOffset() > merge.range().startOffset())
                        .isSubsetOf(merge.slices()));
    }

    @Test
    void whatTwoJobsWroteOnOneRootIsMergedLikeAnythingElse() throws IOException {
        List<SegmentName> names = new ArrayList<>();
        for (long start = 0; start < 100_000; start += 100) {
            names.add(name(start, start + 100, 1, 2_000));
            names.add(name(start + 50, start + 150, 1, 2_000));
        }

        List<Merge> merges = planner.plan(segments(names));

        assertThat(names.size()
                        - merges.stream()
                                .mapToInt(merge -> merge.slices().size() - 1)
                                .sum())
                .isLessThanOrEqualTo(120);
    }

    private static List<SegmentName> minutes(long from, long to, int epoch) {
        List<SegmentName> names = new ArrayList<>();
        for (long offset = from; offset < to; offset++) {
            names.add(name(offset, offset + 1, epoch, 2_000));
        }
        return names;
    }

    private record Piece(SegmentName name, int rewritten) {}

    /**
     * What is left of a month of minutes, how many objects that are not large there were at most, and bytes written.
     */
    private record Month(List<Piece> pieces, int mostObjects, long publishedBytes, long rewrittenBytes) {}

    private void month(String traffic, IntToLongFunction records, long recordBytes) throws IOException {
        Month month = monthOf(records, recordBytes);
        assertThat(month.mostObjects()).as("%s: objects at any time", traffic).isLessThanOrEqualTo(150);
        assertThat(month.pieces())
                .as("%s: times that a byte was rewritten", traffic)
                .allMatch(piece -> piece.rewritten() <= 3);
    }

    /** What is tiny may be rewritten more often here, but all together no more than three times. */
    private void wildMonth(String traffic, IntToLongFunction records) throws IOException {
        Month month = monthOf(records, 100);
        assertThat(month.mostObjects()).as("%s: objects at any time", traffic).isLessThanOrEqualTo(150);
        assertThat(month.rewrittenBytes())
                .as("%s: bytes rewritten of %d", traffic, month.publishedBytes())
                .isLessThanOrEqualTo(3 * month.publishedBytes());
    }

    private Month monthOf(IntToLongFunction records, long recordBytes) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        long offset = 0;
        long published = 0;
        long rewrittenBytes = 0;
        int mostObjects = 0;
        for (int minute = 0; minute < MONTH; minute++) {
            long count = records.applyAsLong(minute);
            Piece next = new Piece(name(offset, offset + count, 0, FOOTER_BYTES + count * recordBytes), 0);
            pieces.add(next);
            published += next.name().sizeBytes();
            offset += count;
            mostObjects = Math.max(mostObjects, (int) pieces.stream()
                    .filter(piece -> piece.name().sizeBytes() < TARGET_BYTES / 2)
                    .count());
            if (minute % VISIT_MINUTES != 0) {
                continue;
            }
            for (Merge merge :
                    planner.plan(segments(pieces.stream().map(Piece::name).toList()))) {
                List<SegmentName> merged =
                        merge.slices().stream().map(SegmentSlice::name).toList();
                int at = pieces.stream().map(Piece::name).toList().indexOf(merged.get(0));
                List<Piece> replaced = pieces.subList(at, at + merged.size());
                int rewritten =
                        1 + replaced.stream().mapToInt(Piece::rewritten).max().getAsInt();
                long bytes = merge.bytes() - (merged.size() - 1) * FOOTER_BYTES;
                OffsetRange range = merge.range();
                replaced.clear();
                pieces.add(at, new Piece(name(range.startOffset(), range.endOffset(), 0, bytes), rewritten));
                rewrittenBytes += bytes;
            }
        }
        return new Month(pieces, mostObjects, published, rewrittenBytes);
    }

    private PartitionSegments segments(List<SegmentName> names) throws IOException {
        MemoryStorage listed = new MemoryStorage();
        for (SegmentName name : names) {
            listed.addListed(BackupLayout.segment(PARTITION, name), name.sizeBytes(), Instant.EPOCH);
        }
        return new Catalog(listed).segments(PARTITION);
    }

    private static SegmentName name(long start, long end, int epoch, long bytes) {
        return new SegmentName(new OffsetRange(start, end), epoch, 1, 2, end - start, bytes);
    }
}
