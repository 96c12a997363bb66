// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import static dev.kafkabackup.segment.Segments.ORDERS_3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.StoredObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionSegmentsTest {

    private static final long SEED = 20_261_122;

    @Test
    void withOneEpochTheUnionIsCovered() {
        PartitionSegments segments = of(segment(20, 30, 5), segment(0, 10, 5), segment(5, 12, 5));

        assertThat(segments.slices())
                .extracting(SegmentSlice::valid)
                .containsExactly(range(0, 10), range(5, 12), range(20, 30));
        assertThat(segments.coverage().ranges()).containsExactly(range(0, 12), range(20, 30));
    }

    @Test
    void theHigherEpochWinsFromItsStartOnAndWhatItOverrulesIsNotCovered() {
        PartitionSegments segments = of(segment(0, 100, 3), segment(60, 80, 4));

        assertThat(segments.slices()).extracting(SegmentSlice::valid).containsExactly(range(0, 60), range(60, 80));
        assertThat(segments.coverage().ranges()).containsExactly(range(0, 80));
        assertThat(segments.segments()).hasSize(2);
    }

    @Test
    void whatLiesWhollyBehindAHigherEpochsStartIsNotRead() {
        PartitionSegments segments = of(segment(70, 100, 3), segment(60, 65, 4));

        assertThat(segments.slices()).extracting(SegmentSlice::valid).containsExactly(range(60, 65));
    }

    @Test
    void everyHigherEpochOverrulesAlsoThoseThatAreOverruledThemselves() {
        PartitionSegments segments = of(segment(0, 100, 3), segment(40, 90, 4), segment(50, 60, 5));

        assertThat(segments.slices())
                .extracting(SegmentSlice::valid)
                .containsExactly(range(0, 40), range(40, 50), range(50, 60));
    }

    @Test
    void anUnknownEpochLosesToEveryKnownOne() {
        PartitionSegments segments = of(segment(0, 100, -1), segment(50, 60, 0));

        assertThat(segments.coverage().ranges()).containsExactly(range(0, 60));
        assertThat(of(segment(0, 10, -1), segment(5, 20, -1)).coverage().ranges())
                .containsExactly(range(0, 20));
    }

    @Test
    void theEpochBeforeAnOffsetIsThatOfTheSegmentThatCountsThere() {
        PartitionSegments segments = of(segment(0, 100, 3), segment(60, 80, 4), segment(90, 95, -1));

        assertThat(segments.leaderEpochBefore(0)).isEqualTo(-1);
        assertThat(segments.leaderEpochBefore(1)).isEqualTo(3);
        assertThat(segments.leaderEpochBefore(60)).isEqualTo(3);
        assertThat(segments.leaderEpochBefore(61)).isEqualTo(4);
        assertThat(segments.leaderEpochBefore(80)).isEqualTo(4);
        assertThat(segments.leaderEpochBefore(81)).isEqualTo(-1);
    }

    @Test
    void anotherSizeOrAForeignNameCoversNothingAndIsReported() {
        StoredObject right = object(segment(0, 10, 1), 0);
        StoredObject truncated = object(segment(10, 20, 1), -1);
        StoredObject longer = object(segment(20, 30, 1), 1);
        StoredObject foreign = new StoredObject(BackupLayout.partition(ORDERS_3) + "/_SUCCESS", 0, Instant.EPOCH);

        PartitionSegments segments = PartitionSegments.of(ORDERS_3, List.of(right, truncated, longer, foreign));

        assertThat(segments.coverage().ranges()).containsExactly(range(0, 10));
        assertThat(segments.rejected()).containsExactly(truncated, longer, foreign);
        assertThat(segments.segments()).singleElement().satisfies(segment -> {
            assertThat(segment.path()).isEqualTo(right.path());
            assertThat(segment.publishedAt()).isEqualTo(right.modifiedAt());
        });
    }

    @Test
    void anOffsetIsCoveredIfItsHighestEpochIsNotOverruled() {
        Random random = new Random(SEED);
        for (int round = 0; round < 2_000; round++) {
            List<SegmentName> names = new ArrayList<>();
            for (int i = random.nextInt(9); i > 0; i--) {
                int start = random.nextInt(50);
                names.add(segment(start, start + 1 + random.nextInt(20), random.nextInt(5) - 1));
            }
            List<StoredObject> listing =
                    new ArrayList<>(names.stream().map(name -> object(name, 0)).toList());
            Collections.shuffle(listing, random);
            PartitionSegments segments = PartitionSegments.of(ORDERS_3, listing);

            String what = "seed " + SEED + ", round " + round + ": " + names;
            for (int offset = 0; offset < 80; offset++) {
                assertThat(segments.coverage().firstUncovered(offset) > offset)
                        .as("%s, offset %d", what, offset)
                        .isEqualTo(isCovered(names, offset));
            }
            assertThat(segments.slices()).as(what).allSatisfy(slice -> {
                assertThat(slice.valid().startOffset())
                        .isEqualTo(slice.name().range().startOffset());
                for (long offset = slice.valid().startOffset();
                        offset < slice.valid().endOffset();
                        offset++) {
                    assertThat(counts(names, slice.name(), offset)).isTrue();
                }
            });
        }
    }

    /** Invariant I3, word by word. */
    private static boolean isCovered(List<SegmentName> names, long offset) {
        return names.stream().anyMatch(name -> name.range().contains(offset) && counts(names, name, offset));
    }

    private static boolean counts(List<SegmentName> names, SegmentName name, long offset) {
        return names.stream()
                .noneMatch(other -> other.leaderEpoch() > name.leaderEpoch()
                        && other.range().startOffset() <= offset);
    }

    private static PartitionSegments of(SegmentName... names) {
        return PartitionSegments.of(
                ORDERS_3, List.of(names).stream().map(name -> object(name, 0)).toList());
    }

    private static StoredObject object(SegmentName name, int moreBytes) {
        return new StoredObject(
                BackupLayout.segment(ORDERS_3, name), name.sizeBytes() + moreBytes, Instant.ofEpochSecond(7));
    }

    private static SegmentName segment(long start, long end, int leaderEpoch) {
        return new SegmentName(range(start, end), leaderEpoch, -1, -1, 0, 1_000);
    }

    private static OffsetRange range(long start, long end) {
        return new OffsetRange(start, end);
    }
}
