// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.fixture.MemoryStorage;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Which segments go and which stay, as far as names can tell: everybody has to come to the same answer. */
class ReplacementTest {

    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    @Test
    void ofTwoThatDifferInNothingButTheirSizeOneStandsForTheOther() throws IOException {
        SegmentName small = name(0, 10, 1, 10, 900);
        SegmentName large = name(0, 10, 1, 10, 901);

        assertThat(Replacement.standIns(segments(small, large))).hasSize(1);
    }

    @Test
    void ofManyOfTheSameRangeOneStandsForAllOthersAndForNothingElse() throws IOException {
        SegmentName fullest = name(0, 10, 1, 10, 100);
        SegmentName part = name(0, 9, 1, 9, 2_000);

        assertThat(Replacement.standIns(segments(
                        name(0, 10, 1, 9, 1_000), fullest, name(0, 10, 1, 8, 3_000), part, name(10, 20, 1, 10, 1_000))))
                .as("the longest with the most records, however large it is")
                .hasSize(3)
                .containsKey(part)
                .doesNotContainKey(fullest)
                .allSatisfy((replaced, by) -> assertThat(by).isEqualTo(fullest));
    }

    @Test
    void oneWhoseEndWasOverruledDoesNotStandForOneThatIsWhole() throws IOException {
        SegmentName cut = name(0, 20, 1, 20, 2_000);
        SegmentName whole = name(0, 10, 1, 10, 1_000);

        assertThat(Replacement.standIns(segments(cut, whole, name(10, 30, 2, 20, 2_000))))
                .isEqualTo(Map.of(cut, whole));
    }

    @Test
    void whatStandsForOthersIsNeverReplacedItself() throws IOException {
        PartitionSegments segments = segments(
                name(0, 10, 1, 10, 1_000),
                name(0, 10, 1, 10, 1_001),
                name(0, 20, 1, 20, 2_000),
                name(5, 20, 1, 15, 2_000),
                name(0, 30, 1, 30, 3_000),
                name(20, 50, 1, 30, 3_000),
                name(40, 60, 2, 20, 2_000));

        Map<SegmentName, SegmentName> standIns = Replacement.standIns(segments);

        assertThat(standIns).hasSize(4);
        assertThat(standIns.keySet()).doesNotContainAnyElementsOf(Set.copyOf(standIns.values()));
    }

    @Test
    void neitherOfTwoThatStandForEachOtherGoes() throws IOException {
        SegmentName one = name(0, 10, 1, 10, 900);
        SegmentName other = name(0, 10, 1, 10, 901);

        assertThat(Removable.of(segments(one, other), List.of(one, other))).isEmpty();
        assertThat(Removable.of(segments(one, other), List.of(one))).containsExactly(one);
    }

    @Test
    void whatOverruledOffsetsThatCountWithoutItStays() throws IOException {
        SegmentName before = name(0, 20, 1, 20, 2_000);
        SegmentName overruling = name(10, 20, 2, 10, 1_000);

        assertThat(Removable.of(segments(before, overruling), List.of(overruling)))
                .as("only one of the same or of a higher epoch stands for it")
                .isEmpty();
    }

    @Test
    void oneWhoseEndWasOverruledStaysUntilTheOffsetsOfTheNewLeaderReachAsFar() throws IOException {
        SegmentName cut = name(0, 20, 1, 20, 2_000);
        SegmentName whole = name(0, 10, 1, 10, 1_000);

        assertThat(Removable.of(segments(cut, whole, name(10, 19, 2, 9, 1_000)), List.of(cut)))
                .isEmpty();
        assertThat(Removable.of(segments(cut, whole, name(10, 20, 2, 10, 1_000)), List.of(cut)))
                .containsExactly(cut);
    }

    private static PartitionSegments segments(SegmentName... names) throws IOException {
        MemoryStorage listed = new MemoryStorage();
        for (SegmentName name : names) {
            listed.addListed(BackupLayout.segment(PARTITION, name), name.sizeBytes(), Instant.EPOCH);
        }
        return new Catalog(listed).segments(PARTITION);
    }

    private static SegmentName name(long start, long end, int epoch, long records, long bytes) {
        return new SegmentName(new OffsetRange(start, end), epoch, 1, 2, records, bytes);
    }
}
