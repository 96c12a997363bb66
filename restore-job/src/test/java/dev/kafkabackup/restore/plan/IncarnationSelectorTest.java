// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class IncarnationSelectorTest {

    private static final Uuid FIRST = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final Uuid SECOND = Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A");
    private static final Uuid THIRD = Uuid.fromString("AAAAAAAAQACAAAAAAAAAAg");
    private static final Uuid FOURTH = Uuid.fromString("AAAAAAAAQACAAAAAAAAAAw");

    private static Candidate candidate(Uuid id, int day, long wanted, long records, Uuid... restoredFrom) {
        PlannedSource source = wanted == 0
                ? PartitionReading.none(id)
                : new PlannedSource(
                        id,
                        List.of(new OffsetRange(0, wanted)),
                        wanted,
                        true,
                        1,
                        1,
                        0,
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        0L);
        return new Candidate(
                new TopicIncarnation("orders", id),
                Instant.parse("2026-01-0" + day + "T00:00:00Z"),
                Set.of(restoredFrom),
                List.of(),
                1,
                Map.of(0, source),
                Map.of(0, records));
    }

    private static List<Uuid> select(IncarnationChoice choice, Candidate... candidates) {
        return IncarnationSelector.select(choice, List.of(candidates)).stream()
                .map(candidate -> candidate.incarnation().id())
                .toList();
    }

    @Test
    void theNewestWithWantedRecordsIsTheDefault() {
        assertThat(select(IncarnationChoice.NEWEST, candidate(FIRST, 1, 5, 5), candidate(SECOND, 2, 0, 5)))
                .containsExactly(FIRST);
        assertThat(select(IncarnationChoice.NEWEST, candidate(SECOND, 2, 5, 5), candidate(FIRST, 1, 5, 5)))
                .containsExactly(SECOND);
        assertThat(select(IncarnationChoice.NEWEST, candidate(SECOND, 2, 0, 5), candidate(FIRST, 1, 0, 5)))
                .as("none has any")
                .containsExactly(SECOND);
    }

    @Test
    void allComeInTheOrderOfTheirCreation() {
        assertThat(select(
                        IncarnationChoice.ALL,
                        candidate(THIRD, 3, 5, 5),
                        candidate(FIRST, 1, 5, 5),
                        candidate(SECOND, 2, 0, 5)))
                .containsExactly(FIRST, THIRD);
    }

    @Test
    void whatAnotherOneWasRestoredFromDoesNotCount() {
        Candidate origin = candidate(FIRST, 1, 5, 5);
        Candidate unrelated = candidate(SECOND, 2, 5, 5);
        Candidate copy = candidate(THIRD, 3, 7, 7, FIRST);

        assertThat(select(IncarnationChoice.NEWEST, origin, unrelated, copy)).containsExactly(THIRD);
        assertThat(select(IncarnationChoice.ALL, origin, unrelated, copy)).containsExactly(SECOND, THIRD);
    }

    @Test
    void aCopyOfAllReplacesAllOfThem() {
        assertThat(select(
                        IncarnationChoice.ALL,
                        candidate(FIRST, 1, 5, 5),
                        candidate(SECOND, 2, 5, 5),
                        candidate(THIRD, 3, 10, 10, FIRST, SECOND)))
                .containsExactly(THIRD);
    }

    @Test
    void aCopyWithFewerRecordsThanItsOriginsIsAmbiguousAndRefusedWithAList() {
        for (IncarnationChoice choice : List.of(IncarnationChoice.NEWEST, IncarnationChoice.ALL)) {
            assertThatThrownBy(() -> select(choice, candidate(FIRST, 1, 5, 5), candidate(SECOND, 2, 4, 4, FIRST)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage(
                            "Topic orders has 2 incarnations that may be meant, and one was restored from another one and has fewer records than it: choose with --topic-id: "
                                    + FIRST + " (seen since 2026-01-01T00:00:00Z, 1 partitions, 5 records to read); "
                                    + SECOND + " (seen since 2026-01-02T00:00:00Z, restored from " + FIRST
                                    + ", 1 partitions, 4 records to read)");
        }
        assertThatThrownBy(() -> select(
                        IncarnationChoice.ALL,
                        candidate(FIRST, 1, 5, 5),
                        candidate(SECOND, 2, 5, 5),
                        candidate(THIRD, 3, 9, 9, FIRST, SECOND)))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void whatHoldsWantedRecordsAndIsLeftOutIsKnownWithItsCopies() {
        Candidate oldest = candidate(FIRST, 1, 5, 5);
        Candidate unwanted = candidate(SECOND, 2, 0, 5);
        Candidate copy = candidate(THIRD, 3, 7, 7, FIRST);
        Candidate newest = candidate(FOURTH, 4, 2, 2);
        List<Candidate> all = List.of(newest, copy, unwanted, oldest);

        assertThat(IncarnationSelector.leftOut(IncarnationSelector.select(IncarnationChoice.NEWEST, all), all))
                .containsExactly(
                        new LeftOutIncarnation(FIRST, oldest.createdAt(), List.of(THIRD), 5, true, 0, 0),
                        new LeftOutIncarnation(THIRD, copy.createdAt(), List.of(), 7, true, 0, 0));
        assertThat(IncarnationSelector.leftOut(IncarnationSelector.select(IncarnationChoice.ALL, all), all))
                .as("all but what another one was restored from")
                .extracting(LeftOutIncarnation::topicId)
                .containsExactly(FIRST);
        assertThat(IncarnationSelector.leftOut(List.of(unwanted), List.of(unwanted)))
                .isEmpty();
    }

    @Test
    void theSameMomentOfCreationIsAmbiguous() {
        assertThatThrownBy(
                        () -> select(IncarnationChoice.NEWEST, candidate(FIRST, 1, 5, 5), candidate(SECOND, 1, 5, 5)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("nothing says which is the newest");
    }

    @Test
    void whoWasNamedIsTakenWhateverItHolds() {
        assertThat(select(new IncarnationChoice.One(FIRST), candidate(FIRST, 1, 0, 0)))
                .containsExactly(FIRST);
    }
}
