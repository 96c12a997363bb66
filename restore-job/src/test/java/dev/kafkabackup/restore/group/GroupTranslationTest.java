// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class GroupTranslationTest {

    private static final Uuid FIRST = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final Uuid SECOND = Uuid.fromString("AAAAAAAAQACAAAAAAAAAAg");
    private static final Uuid THIRD = Uuid.fromString("AAAAAAAAQACAAAAAAAAAAQ");

    /** Records 100 to 109 and 120 to 129 were restored; 110 to 119 were skipped. */
    private final OffsetMap withSkippedRange =
            OffsetMap.of(List.of(run(FIRST, 0, 100, 50, 10), run(FIRST, 0, 120, 61, 10)));

    private TranslatedOffset translate(OffsetMap map, List<Uuid> incarnations, CommittedOffset... committed) {
        List<TranslatedOffset> translated = translateAll(map, incarnations, committed);
        assertThat(translated).hasSize(1);
        return translated.get(0);
    }

    private List<TranslatedOffset> translateAll(OffsetMap map, List<Uuid> incarnations, CommittedOffset... committed) {
        TopicPlan topic = new TopicPlan(
                "orders",
                incarnations,
                "orders-restored",
                null,
                3,
                RecordSelection.ALL,
                List.of(new PartitionPlan(0, 50, List.of()), new PartitionPlan(1, 7, List.of())),
                List.of());
        RestorePlan plan = new RestorePlan("x", Instant.EPOCH, "source", "target", OnCorrupt.STOP, List.of(topic));
        return new GroupTranslation(plan, map).translate(List.of(committed));
    }

    @Test
    void aRestoredRecordIsReadNext() {
        assertGoesOnAt(withSkippedRange, 103, 53, 17);
    }

    @Test
    void inASkippedRangeTheNextRestoredRecordIsReadNext() {
        assertGoesOnAt(withSkippedRange, 110, 61, 10);
        assertGoesOnAt(withSkippedRange, 119, 61, 10);
        assertGoesOnAt(withSkippedRange, 120, 61, 10);
    }

    @Test
    void beforeTheFirstRestoredRecordThatOneIsReadNext() {
        assertGoesOnAt(withSkippedRange, 0, 50, 20);
        assertGoesOnAt(withSkippedRange, 99, 50, 20);
    }

    @Test
    void behindTheLastRestoredRecordIsTheEnd() {
        assertGoesOnAt(withSkippedRange, 130, 71, 0);
        assertGoesOnAt(withSkippedRange, 5_000, 71, 0);
    }

    @Test
    void aPartitionOfWhichNothingWasRestoredGoesOnWhereNewRecordsAreAppended() {
        TranslatedOffset translated = translate(withSkippedRange, List.of(FIRST), committed("g", FIRST, 1, 400, 400));

        assertThat(translated.target()).hasValue(at(1, 7));
        assertThat(translated.recordsToGo()).isZero();
    }

    @Test
    void aPartitionThatWasNotPartOfTheRestoreStaysAsItIsAndIsListed() {
        TranslatedOffset translated = translate(withSkippedRange, List.of(FIRST), committed("g", FIRST, 2, 400, 400));

        assertThat(translated.target()).isEmpty();
        assertThat(translated.committed().offset().partition()).isEqualTo(2);
    }

    @Test
    void otherIncarnationsAndTopicsAreNobodysBusiness() {
        assertThat(translateAll(withSkippedRange, List.of(FIRST), committed("g", SECOND, 0, 103, 103)))
                .isEmpty();
    }

    @Test
    void whatWasReadSinceThenMayBeSeenTwice() {
        TranslatedOffset translated = translate(withSkippedRange, List.of(FIRST), committed("g", FIRST, 0, 103, 122));

        assertThat(translated.recordsToGo()).isEqualTo(17);
        assertThat(translated.seenTwiceAtLeast()).as("103 to 109, 120 and 121").isEqualTo(9);
        assertThat(translated.seenTwiceAtMost()).isEqualTo(17);
    }

    @Test
    void aGroupThatWentBackSinceThenSeesNothingTwiceForCertain() {
        TranslatedOffset translated = translate(withSkippedRange, List.of(FIRST), committed("g", FIRST, 0, 103, 100));

        assertThat(translated.seenTwiceAtLeast()).isZero();
    }

    /** The ids are not in the order of creation. */
    private final OffsetMap threeIncarnations = OffsetMap.of(List.of(
            run(FIRST, 0, 0, 50, 10), run(SECOND, 0, 0, 60, 5), run(THIRD, 0, 0, 65, 20), run(FIRST, 1, 0, 7, 3)));

    @Test
    void theNewestIncarnationWithACommitDecidesForEachPartition() {
        List<TranslatedOffset> translated = translateAll(
                threeIncarnations,
                List.of(FIRST, SECOND, THIRD),
                committed("g", FIRST, 0, 9, 9),
                committed("g", SECOND, 0, 2, 2),
                committed("g", FIRST, 1, 1, 1),
                committed("h", THIRD, 0, 4, 4),
                committed("h", SECOND, 0, 5, 5));

        assertThat(translated)
                .extracting(offset -> offset.committed().offset().group()
                        + offset.target().orElseThrow().partition().partition() + "@"
                        + offset.target().orElseThrow().offset() + "+" + offset.recordsToGo())
                .containsExactlyInAnyOrder("g0@62+23", "g1@8+2", "h0@69+16");
    }

    @Test
    void atTheEndOfAnOlderIncarnationTheNextOneIsReadNext() {
        TranslatedOffset translated =
                translate(threeIncarnations, List.of(FIRST, SECOND, THIRD), committed("g", SECOND, 0, 5, 5));

        assertThat(translated.target()).hasValue(at(0, 65));
        assertThat(translated.recordsToGo()).isEqualTo(20);
    }

    @Test
    void anIncarnationWithoutARestoredRecordIsBetweenItsNeighbours() {
        OffsetMap map = OffsetMap.of(List.of(run(FIRST, 0, 0, 50, 10), run(THIRD, 0, 0, 61, 20)));

        TranslatedOffset translated = translate(map, List.of(FIRST, SECOND, THIRD), committed("g", SECOND, 0, 5, 5));

        assertThat(translated.target()).as("behind the first, before the third").hasValue(at(0, 60));
        assertThat(translated.recordsToGo()).isEqualTo(20);
    }

    private void assertGoesOnAt(OffsetMap map, long committed, long target, long toGo) {
        TranslatedOffset translated = translate(map, List.of(FIRST), committed("g", FIRST, 0, committed, committed));

        assertThat(translated.target()).hasValue(at(0, target));
        assertThat(translated.recordsToGo()).isEqualTo(toGo);
    }

    private static OffsetMap.Translation at(int partition, long offset) {
        return new OffsetMap.Translation(new TopicPartition("orders-restored", partition), offset);
    }

    private static CommittedOffset committed(String group, Uuid topicId, int partition, long offset, long newest) {
        return new CommittedOffset(
                new GroupOffset(group, "orders", topicId, partition, offset),
                CommittedOffset.Basis.NEWEST,
                Instant.EPOCH,
                newest);
    }

    private static OffsetMapRun run(Uuid topicId, int partition, long source, long target, long length) {
        return new OffsetMapRun(
                new TopicIdPartition(topicId, partition, "orders"),
                source,
                new TopicPartition("orders-restored", partition),
                target,
                length);
    }
}
