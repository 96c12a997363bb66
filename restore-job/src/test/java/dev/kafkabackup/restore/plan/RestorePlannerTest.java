// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.retention.LateRead;
import dev.kafkabackup.retention.PartitionRetention;
import dev.kafkabackup.retention.ReadProgress;
import dev.kafkabackup.retention.ReadingState;
import dev.kafkabackup.retention.ReadingStore;
import dev.kafkabackup.retention.RetentionState;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.retention.Sightings;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorePlannerTest {

    private static final TopicIncarnation OLD =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
    private static final TopicIncarnation NEW =
            new TopicIncarnation("orders", Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A"));

    @TempDir
    Path folder;

    private BackupFixture backup;

    @BeforeEach
    void open() {
        backup = new BackupFixture(folder);
    }

    @AfterEach
    void close() {
        backup.close();
    }

    /** A segment whose records have their offsets as timestamps. */
    private SegmentName segment(TopicIdPartition partition, long start, long end, int leaderEpoch) throws IOException {
        List<SegmentRecord> records = LongStream.range(start, end)
                .mapToObj(offset -> BackupFixture.record(offset, offset))
                .toList();
        return backup.segment(partition, start, end, leaderEpoch, records);
    }

    private TopicPlan plan(RestoreSelection selection) throws IOException {
        return new RestorePlanner(backup.storage()).plan(List.of(selection)).get(0);
    }

    private static PlannedSource source(TopicPlan plan, int partition) {
        return plan.partitions().get(partition).sources().get(0);
    }

    private static RestoreSelection select(Optional<Uuid> topicId, Set<Integer> partitions, TimeRange time) {
        return new RestoreSelection(
                "orders",
                "restored",
                topicId.<IncarnationChoice>map(IncarnationChoice.One::new).orElse(IncarnationChoice.NEWEST),
                partitions,
                RecordSelection.of(time));
    }

    @Test
    void aPlanHasEveryPartitionAlsoTheEmptyOnes() throws IOException {
        SegmentName first = segment(OLD.partition(0), 5, 10, 0);
        SegmentName second = segment(OLD.partition(0), 10, 20, 0);
        backup.segment(OLD.partition(0), 20, 30, List.of());
        backup.metadata(OLD, 3, Map.of(), Instant.EPOCH);

        TopicPlan plan = plan(RestoreSelection.of("orders", "restored"));

        assertThat(plan.topicIds()).containsExactly(OLD.id());
        assertThat(plan.target()).isEqualTo("restored");
        assertThat(plan.partitionCount()).isEqualTo(3);
        assertThat(plan.partitions())
                .containsExactly(
                        new PartitionPlan(
                                0,
                                0,
                                List.of(new PlannedSource(
                                        OLD.id(),
                                        List.of(new OffsetRange(5, 20)),
                                        15,
                                        true,
                                        2,
                                        first.sizeBytes() + second.sizeBytes(),
                                        5,
                                        19,
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        0L))),
                        new PartitionPlan(1, 0, List.of(PartitionReading.none(OLD.id()))),
                        new PartitionPlan(2, 0, List.of(PartitionReading.none(OLD.id()))));
        assertThat(plan.partitions().get(0).exactRecords()).isEqualTo(OptionalLong.of(15));
    }

    @Test
    void recordsOfSegmentsWithoutAnyTimestampAreCountedWhereATimeRangeRulesThemOut() throws IOException {
        segment(OLD.partition(0), 0, 10, 0);
        backup.segment(
                OLD.partition(0),
                10,
                15,
                LongStream.range(10, 15)
                        .mapToObj(offset -> BackupFixture.record(offset, -1))
                        .toList());
        backup.segment(OLD.partition(0), 15, 20, List.of());
        segment(OLD.partition(0), 20, 30, 0);
        backup.metadata(OLD, 1, Map.of(), Instant.EPOCH);

        assertThat(source(plan(select(Optional.empty(), Set.of(), TimeRange.from(20))), 0)
                        .withoutTimestamp())
                .isEqualTo(5);
        assertThat(source(plan(select(Optional.empty(), Set.of(), TimeRange.UNBOUNDED)), 0)
                        .withoutTimestamp())
                .isZero();
    }

    @Test
    void foldersCountWhereThereAreMoreOfThemThanTheMetadataSays() throws IOException {
        segment(OLD.partition(4), 0, 1, 0);
        backup.metadata(OLD, 2, Map.of(), Instant.EPOCH);

        assertThat(plan(RestoreSelection.of("orders", "restored")).partitionCount())
                .isEqualTo(5);
    }

    @Test
    void overlapsAndOverruledPartsMakeTheNumberOfRecordsAnUpperBound() throws IOException {
        segment(OLD.partition(0), 0, 10, 0);
        segment(OLD.partition(0), 5, 15, 0);
        segment(OLD.partition(1), 0, 10, 0);
        segment(OLD.partition(1), 5, 8, 1);

        TopicPlan plan = plan(RestoreSelection.of("orders", "restored"));

        assertThat(plan.partitions().get(0).recordsAtMost()).isEqualTo(20);
        assertThat(plan.partitions().get(0).exactRecords()).isEmpty();
        assertThat(source(plan, 1).offsets()).containsExactly(new OffsetRange(0, 8));
        assertThat(plan.partitions().get(1).exactRecords()).isEmpty();
    }

    @Test
    void whatAHigherEpochOverruledIsShown() throws IOException {
        segment(OLD.partition(0), 0, 10, 0);
        segment(OLD.partition(0), 5, 8, 1);
        segment(OLD.partition(0), 10, 12, 0);

        assertThat(source(plan(RestoreSelection.of("orders", "restored")), 0).overruled())
                .containsExactly(new OffsetRange(8, 12));
    }

    @Test
    void gapsAreShownWhereTheyAreSelected() throws IOException {
        segment(OLD.partition(0), 0, 10, 0);
        segment(OLD.partition(0), 12, 20, 0);
        segment(OLD.partition(0), 30, 40, 0);

        assertThat(source(plan(RestoreSelection.of("orders", "restored")), 0).gaps())
                .containsExactly(new OffsetRange(10, 12), new OffsetRange(20, 30));
        assertThat(source(plan(selectOffsets(15, 25)), 0).gaps()).containsExactly(new OffsetRange(20, 25));
    }

    /** As after maintenance that was not allowed to remove the segment in the middle. */
    @Test
    void aHoleBelowWhatHasExpiredIsNoGap() throws IOException {
        segment(OLD.partition(0), 0, 10, 0);
        segment(OLD.partition(0), 12, 20, 0);
        segment(OLD.partition(0), 30, 40, 0);
        new RetentionStore(backup.storage())
                .write(OLD, RetentionState.NONE.with(0, PartitionRetention.NONE.withExpiredUpTo(25)), List.of());

        PlannedSource source = source(plan(RestoreSelection.of("orders", "restored")), 0);

        assertThat(source.expired()).containsExactly(new OffsetRange(10, 12), new OffsetRange(20, 25));
        assertThat(source.gaps()).containsExactly(new OffsetRange(25, 30));
        PlannedSource selected = source(plan(selectOffsets(15, 25)), 0);
        assertThat(selected.expired()).containsExactly(new OffsetRange(20, 25));
        assertThat(selected.gaps()).isEmpty();
    }

    @Test
    void anObjectThatLooksLikeASegmentAndIsNoneIsDamageUnlessItWasReplaced() throws IOException {
        SegmentName lost = segment(OLD.partition(0), 0, 10, 0);
        SegmentName replaced = segment(OLD.partition(0), 10, 20, 0);
        segment(OLD.partition(0), 10, 30, 0);
        for (SegmentName name : List.of(lost, replaced)) {
            backup.storage().publish(BackupLayout.segment(OLD.partition(0), name), ObjectContent.of(new byte[1]));
        }
        String renamed = BackupLayout.partition(OLD.partition(0)) + "/0000000000000000p030_x.parquet";
        backup.storage().publish(renamed, ObjectContent.of(new byte[1]));
        String foreign = BackupLayout.partition(OLD.partition(0)) + "/_SUCCESS";
        backup.storage().publish(foreign, ObjectContent.of(new byte[1]));

        TopicPlan plan = plan(RestoreSelection.of("orders", "restored"));

        assertThat(source(plan, 0).damaged())
                .extracting(Damage::object, Damage::offsets)
                .containsExactlyInAnyOrder(
                        tuple(BackupLayout.segment(OLD.partition(0), lost), new OffsetRange(0, 10)),
                        tuple(renamed, null));
        assertThatThrownBy(() -> withPolicy(OnCorrupt.STOP, plan).requireUndamaged())
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith("The backup is damaged: ")
                .hasMessageContaining(BackupLayout.segment(OLD.partition(0), lost))
                .hasMessageContaining("offsets [0, 10)")
                .hasMessageContaining("--on-corrupt skip");
        assertThatCode(() -> withPolicy(OnCorrupt.SKIP, plan).requireUndamaged())
                .doesNotThrowAnyException();
        assertThat(source(plan(selectOffsets(10, 30)), 0).damaged())
                .as("of a name that says nothing nobody knows whether it is selected")
                .extracting(Damage::object)
                .containsExactly(renamed);
    }

    private static RestorePlan withPolicy(OnCorrupt onCorrupt, TopicPlan topic) {
        return new RestorePlan("id", Instant.EPOCH, "source", "target", onCorrupt, List.of(topic));
    }

    private static RestoreSelection selectOffsets(long start, long end) {
        return new RestoreSelection(
                "orders",
                "restored",
                IncarnationChoice.NEWEST,
                Set.of(),
                new RecordSelection(
                        TimeRange.UNBOUNDED,
                        List.of(),
                        Map.of(0, new OffsetRange(start, end)),
                        Map.of(),
                        List.of(),
                        null));
    }

    @Test
    void offsetsOfAPartitionThatIsNotThereAreRefused() throws IOException {
        segment(OLD.partition(1), 0, 10, 0);
        RecordSelection third = new RecordSelection(
                TimeRange.UNBOUNDED, List.of(), Map.of(), Map.of(2, List.of(new OffsetRange(0, 1))), List.of(), null);

        assertThatThrownBy(() ->
                        plan(new RestoreSelection("orders", "restored", IncarnationChoice.NEWEST, Set.of(), third)))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "An offset is given for partition 2, but orders (MWJ6FHTfRYy67jzwZdeqSQ) has the partitions 0 to 1 in the backup");
        assertThatThrownBy(() -> new RestoreSelection("orders", "restored", IncarnationChoice.ALL, Set.of(), third))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("Offsets mean something else in each incarnation of orders");
    }

    @Test
    void allIncarnationsGoIntoAsManyPartitionsAsTheLargestHad() throws IOException {
        segment(OLD.partition(0), 0, 10, 0);
        segment(OLD.partition(2), 0, 10, 0);
        segment(NEW.partition(0), 0, 5, 0);
        backup.metadata(NEW, 2, Map.of(), Instant.parse("2026-01-02T00:00:00Z"));
        backup.metadata(OLD, 3, Map.of(), Instant.parse("2026-01-01T00:00:00Z"));

        TopicPlan plan =
                plan(new RestoreSelection("orders", "restored", IncarnationChoice.ALL, Set.of(), RecordSelection.ALL));

        assertThat(plan.topicIds()).containsExactly(OLD.id(), NEW.id());
        assertThat(plan.partitionCount()).isEqualTo(3);
        assertThat(plan.partitions())
                .extracting(partition ->
                        partition.sources().stream().map(PlannedSource::topicId).toList())
                .containsExactly(List.of(OLD.id(), NEW.id()), List.of(OLD.id(), NEW.id()), List.of(OLD.id()));
    }

    @Test
    void segmentsOutsideOfTheSelectedTimeAreNotRead() throws IOException {
        segment(OLD.partition(0), 0, 10, 0);
        SegmentName wanted = segment(OLD.partition(0), 10, 20, 0);
        segment(OLD.partition(0), 20, 30, 0);
        backup.segment(OLD.partition(0), 30, 31, List.of(BackupFixture.record(30, -1)));

        TopicPlan plan = plan(select(Optional.empty(), Set.of(), new TimeRange(12, 20)));

        assertThat(source(plan, 0).offsets()).containsExactly(wanted.range());
        assertThat(source(plan, 0).segments()).isEqualTo(1);
        assertThat(source(plan, 0).bytes()).isEqualTo(wanted.sizeBytes());
        assertThat(plan.partitions().get(0).exactRecords()).isEmpty();
    }

    @Test
    void recordsWithoutATimestampAreOnlyWantedWhenNoTimeIsSelected() {
        assertThat(TimeRange.UNBOUNDED.contains(-1)).isTrue();
        assertThat(TimeRange.until(100).contains(-1)).isFalse();
        assertThat(TimeRange.from(0).contains(-1)).isFalse();
    }

    @Test
    void onlySelectedPartitionsArePlanned() throws IOException {
        segment(OLD.partition(0), 0, 1, 0);
        segment(OLD.partition(1), 0, 1, 0);

        TopicPlan plan = plan(select(Optional.empty(), Set.of(1), TimeRange.UNBOUNDED));

        assertThat(plan.partitions()).extracting(PartitionPlan::partition).containsExactly(1);
        assertThat(plan.partitionCount()).isEqualTo(2);
        assertThatThrownBy(() -> plan(select(Optional.empty(), Set.of(7), TimeRange.UNBOUNDED)))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "--partitions names 7, but orders (MWJ6FHTfRYy67jzwZdeqSQ) has the partitions 0 to 1 in the backup");
    }

    @Test
    void theNewestIncarnationWithDataInTheRangeIsTheDefault() throws IOException {
        segment(OLD.partition(0), 0, 10, 0);
        segment(NEW.partition(0), 100, 110, 0);
        backup.metadata(OLD, 1, Map.of(), Instant.parse("2026-01-01T00:00:00Z"));
        backup.metadata(NEW, 1, Map.of(), Instant.parse("2026-01-02T00:00:00Z"));
        backup.metadata(OLD, 1, Map.of("retention.ms", "1"), Instant.parse("2026-01-03T00:00:00Z"));

        assertThat(plan(RestoreSelection.of("orders", "restored")).topicIds()).containsExactly(NEW.id());
        assertThat(plan(select(Optional.empty(), Set.of(), new TimeRange(0, 10)))
                        .topicIds())
                .containsExactly(OLD.id());
        assertThat(plan(select(Optional.of(OLD.id()), Set.of(), TimeRange.UNBOUNDED))
                        .topicIds())
                .containsExactly(OLD.id());
    }

    @Test
    void aNameThatIsNotInTheBackupIsRefusedNamingThoseThatAre() throws IOException {
        segment(OLD.partition(0), 0, 1, 0);

        assertThatThrownBy(() -> plan(RestoreSelection.of("order", "restored")))
                .isInstanceOf(UsageException.class)
                .hasMessage("Topic order is not in the backup; it holds orders");
        assertThatThrownBy(() -> plan(select(Optional.of(NEW.id()), Set.of(), TimeRange.UNBOUNDED)))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "Topic orders has no incarnation hT9kPr0QTqeDpXyzLWqZ9A in the backup; it has MWJ6FHTfRYy67jzwZdeqSQ");
    }

    @Test
    void twoTopicsCannotHaveOneTarget() throws IOException {
        segment(OLD.partition(0), 0, 1, 0);

        assertThatThrownBy(() -> new RestorePlanner(backup.storage())
                        .plan(List.of(
                                RestoreSelection.of("orders", "restored"), RestoreSelection.of("orders", "restored"))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("into restored");
    }

    @Test
    void oneIncarnationIsRestoredOnceInOneRestore() throws IOException {
        segment(OLD.partition(0), 0, 1, 0);

        assertThatThrownBy(() -> new RestorePlanner(backup.storage())
                        .plan(List.of(RestoreSelection.of("orders", "one"), RestoreSelection.of("orders", "two"))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("selected twice")
                .hasMessageContaining("run another for two");
    }

    @Test
    void whatWasReadTooLateIsInThePlanWhereItIsSelected() throws IOException {
        segment(OLD.partition(0), 0, 100, 0);
        segment(OLD.partition(1), 0, 100, 0);
        backup.metadata(OLD, 2, Map.of(), Instant.EPOCH);
        LateRead late = new LateRead(new OffsetRange(20, 30), Instant.EPOCH, Instant.EPOCH.plusSeconds(90_000));
        new ReadingStore(backup.storage())
                .write(OLD, ReadingState.NONE.with(0, new ReadProgress(Sightings.NONE, 100, List.of(late))), List.of());

        TopicPlan all = plan(RestoreSelection.of("orders", "restored"));
        assertThat(source(all, 0).readLate()).containsExactly(late);
        assertThat(source(all, 1).readLate()).isEmpty();

        TopicPlan other = plan(new RestoreSelection(
                "orders",
                "restored",
                IncarnationChoice.NEWEST,
                Set.of(0),
                new RecordSelection(
                        TimeRange.UNBOUNDED,
                        List.of(),
                        Map.of(0, new OffsetRange(30, 100)),
                        Map.of(),
                        List.of(),
                        null)));
        assertThat(source(other, 0).readLate()).isEmpty();
    }

    @Test
    void anUnreadableNoteOfWhatWasReadTooLateKeepsNobodyFromARestore() throws IOException {
        segment(OLD.partition(0), 0, 100, 0);
        backup.storage()
                .publish(
                        BackupLayout.retention(OLD) + "/reading-1-00000000.json",
                        ObjectContent.of("{".getBytes(StandardCharsets.UTF_8)));

        assertThat(source(plan(RestoreSelection.of("orders", "restored")), 0).recordsAtMost())
                .isEqualTo(100);
    }

    @Test
    void aPlanIsReadAsItWasWrittenAndWrittenOnce() throws IOException {
        segment(OLD.partition(0), 0, 10, 0);
        backup.metadata(OLD, 2, Map.of(), Instant.EPOCH);
        PlanStore store = new PlanStore(backup.storage());
        RestorePlan plan = new RestorePlan(
                "20260102-030405-abcd",
                Instant.parse("2026-01-02T03:04:05.678Z"),
                "source",
                "target",
                OnCorrupt.STOP,
                List.of(plan(RestoreSelection.of("orders", "restored"))));

        store.create(plan);

        assertThat(store.read(plan.restoreId())).isEqualTo(plan);
        assertThatThrownBy(() -> store.create(plan))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("20260102-030405-abcd")
                .hasMessageContaining("--restore-id");
    }
}
