// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.ObjectContent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorePlannerTest {

    @TempDir
    Path folder;

    private PlannedBackup backup;

    @BeforeEach
    void open() {
        backup = new PlannedBackup(folder);
    }

    @AfterEach
    void close() {
        backup.close();
    }

    @Test
    void aPlanHasEveryPartitionAlsoTheEmptyOnes() throws IOException {
        SegmentName first = backup.segment(PlannedBackup.OLD.partition(0), 5, 10, 0);
        SegmentName second = backup.segment(PlannedBackup.OLD.partition(0), 10, 20, 0);
        backup.files().segment(PlannedBackup.OLD.partition(0), 20, 30, List.of());
        backup.files().metadata(PlannedBackup.OLD, 3, Map.of(), Instant.EPOCH);

        TopicPlan plan = backup.plan(RestoreSelection.of("orders", "restored"));

        assertThat(plan.topicIds()).containsExactly(PlannedBackup.OLD.id());
        assertThat(plan.target()).isEqualTo("restored");
        assertThat(plan.partitionCount()).isEqualTo(3);
        assertThat(plan.partitions())
                .containsExactly(
                        new PartitionPlan(
                                0,
                                0,
                                List.of(new PlannedSource(
                                        PlannedBackup.OLD.id(),
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
                        new PartitionPlan(1, 0, List.of(PartitionReading.none(PlannedBackup.OLD.id()))),
                        new PartitionPlan(2, 0, List.of(PartitionReading.none(PlannedBackup.OLD.id()))));
        assertThat(plan.partitions().get(0).exactRecords()).isEqualTo(OptionalLong.of(15));
    }

    @Test
    void foldersCountWhereThereAreMoreOfThemThanTheMetadataSays() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(4), 0, 1, 0);
        backup.files().metadata(PlannedBackup.OLD, 2, Map.of(), Instant.EPOCH);

        assertThat(backup.plan(RestoreSelection.of("orders", "restored")).partitionCount())
                .isEqualTo(5);
    }

    @Test
    void offsetsOfAPartitionThatIsNotThereAreRefused() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(1), 0, 10, 0);
        RecordSelection third = new RecordSelection(
                TimeRange.UNBOUNDED, List.of(), Map.of(), Map.of(2, List.of(new OffsetRange(0, 1))), List.of(), null);

        assertThatThrownBy(() -> backup.plan(
                        new RestoreSelection("orders", "restored", IncarnationChoice.NEWEST, Set.of(), third)))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "An offset is given for partition 2, but orders (MWJ6FHTfRYy67jzwZdeqSQ) has the partitions 0 to 1 in the backup");
        assertThatThrownBy(() -> new RestoreSelection("orders", "restored", IncarnationChoice.ALL, Set.of(), third))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("Offsets mean something else in each incarnation of orders");
    }

    @Test
    void allIncarnationsGoIntoAsManyPartitionsAsTheLargestHad() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        backup.segment(PlannedBackup.OLD.partition(2), 0, 10, 0);
        backup.segment(PlannedBackup.NEW.partition(0), 0, 5, 0);
        backup.files().metadata(PlannedBackup.NEW, 2, Map.of(), Instant.parse("2026-01-02T00:00:00Z"));
        backup.files().metadata(PlannedBackup.OLD, 3, Map.of(), Instant.parse("2026-01-01T00:00:00Z"));

        TopicPlan plan = backup.plan(
                new RestoreSelection("orders", "restored", IncarnationChoice.ALL, Set.of(), RecordSelection.ALL));

        assertThat(plan.topicIds()).containsExactly(PlannedBackup.OLD.id(), PlannedBackup.NEW.id());
        assertThat(plan.partitionCount()).isEqualTo(3);
        assertThat(plan.partitions())
                .extracting(partition ->
                        partition.sources().stream().map(PlannedSource::topicId).toList())
                .containsExactly(
                        List.of(PlannedBackup.OLD.id(), PlannedBackup.NEW.id()),
                        List.of(PlannedBackup.OLD.id(), PlannedBackup.NEW.id()),
                        List.of(PlannedBackup.OLD.id()));
    }

    @Test
    void onlySelectedPartitionsArePlanned() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 1, 0);
        backup.segment(PlannedBackup.OLD.partition(1), 0, 1, 0);

        TopicPlan plan = backup.plan(PlannedBackup.select(Optional.empty(), Set.of(1), TimeRange.UNBOUNDED));

        assertThat(plan.partitions()).extracting(PartitionPlan::partition).containsExactly(1);
        assertThat(plan.partitionCount()).isEqualTo(2);
        assertThatThrownBy(() -> backup.plan(PlannedBackup.select(Optional.empty(), Set.of(7), TimeRange.UNBOUNDED)))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "--partitions names 7, but orders (MWJ6FHTfRYy67jzwZdeqSQ) has the partitions 0 to 1 in the backup");
    }

    @Test
    void theNewestIncarnationWithDataInTheRangeIsTheDefault() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        backup.segment(PlannedBackup.NEW.partition(0), 100, 110, 0);
        backup.files().metadata(PlannedBackup.OLD, 1, Map.of(), Instant.parse("2026-01-01T00:00:00Z"));
        backup.files().metadata(PlannedBackup.NEW, 1, Map.of(), Instant.parse("2026-01-02T00:00:00Z"));
        backup.files()
                .metadata(PlannedBackup.OLD, 1, Map.of("retention.ms", "1"), Instant.parse("2026-01-03T00:00:00Z"));

        assertThat(backup.plan(RestoreSelection.of("orders", "restored")).topicIds())
                .containsExactly(PlannedBackup.NEW.id());
        assertThat(backup.plan(RestoreSelection.of("orders", "restored")).leftOut())
                .as("what the default does not take")
                .containsExactly(new LeftOutIncarnation(
                        PlannedBackup.OLD.id(), Instant.parse("2026-01-01T00:00:00Z"), List.of(), 10, true, 0, 9));
        TopicPlan early = backup.plan(PlannedBackup.select(Optional.empty(), Set.of(), new TimeRange(0, 10)));
        assertThat(early.topicIds()).containsExactly(PlannedBackup.OLD.id());
        assertThat(early.leftOut()).as("the newer one has no wanted record").isEmpty();
        assertThat(backup.plan(PlannedBackup.select(Optional.of(PlannedBackup.OLD.id()), Set.of(), TimeRange.UNBOUNDED))
                        .topicIds())
                .containsExactly(PlannedBackup.OLD.id());
    }

    @Test
    void aCopyWhoseRestoreHasNotFinishedReplacesNothingHoweverManyRecordsItHas() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        backup.segment(PlannedBackup.NEW.partition(0), 0, 20, 0);
        backup.files().metadata(PlannedBackup.OLD, 1, Map.of(), Instant.parse("2026-01-01T00:00:00Z"));
        backup.files().origin(PlannedBackup.NEW, PlannedBackup.OLD.id(), Instant.parse("2026-01-02T00:00:00Z"));
        begin("killed");
        backup.files().storage().publish("restores/broken/plan.json", ObjectContent.of(new byte[] {'{'}));
        backup.files().storage().publish("restores/broken/report.json", ObjectContent.of(new byte[] {'{'}));

        for (IncarnationChoice choice : List.of(IncarnationChoice.NEWEST, IncarnationChoice.ALL)) {
            assertThatThrownBy(() -> plan(choice))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith(
                            "Topic orders has 2 incarnations that may be meant, and one was restored from another one by restore killed, which has not finished (--restore-id killed goes on with it): choose with --topic-id: ");
        }
        assertThat(plan(new IncarnationChoice.One(PlannedBackup.NEW.id())).topicIds())
                .containsExactly(PlannedBackup.NEW.id());

        begin("done");
        finish("done");
        assertThat(plan(IncarnationChoice.ALL).topicIds())
                .as("another one has finished the same")
                .containsExactly(PlannedBackup.NEW.id());
        assertThat(plan(IncarnationChoice.ALL).leftOut())
                .extracting(LeftOutIncarnation::topicId, LeftOutIncarnation::copies)
                .containsExactly(tuple(PlannedBackup.OLD.id(), List.of(PlannedBackup.NEW.id())));
    }

    private TopicPlan plan(IncarnationChoice choice) throws IOException {
        return backup.plan(new RestoreSelection("orders", "orders", choice, Set.of(), RecordSelection.ALL));
    }

    /** A restore of the old incarnation into the new one. */
    private void begin(String restoreId) throws IOException {
        TopicPlan plan = plan(new IncarnationChoice.One(PlannedBackup.OLD.id()));
        new PlanStore(backup.files().storage())
                .create(new RestorePlan(
                        restoreId,
                        Instant.EPOCH,
                        BackupFixture.CLUSTER_ID,
                        BackupFixture.CLUSTER_ID,
                        OnCorrupt.STOP,
                        List.of(plan.prepared(PlannedBackup.NEW.id(), plan.partitions()))));
    }

    private void finish(String restoreId) throws IOException {
        backup.files()
                .storage()
                .publish(
                        BackupLayout.restore(restoreId) + "/" + BackupLayout.RESTORE_REPORT,
                        ObjectContent.of(new byte[0]));
    }

    @Test
    void aNameThatIsNotInTheBackupIsRefusedNamingThoseThatAre() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 1, 0);

        assertThatThrownBy(() -> backup.plan(RestoreSelection.of("order", "restored")))
                .isInstanceOf(UsageException.class)
                .hasMessage("Topic order is not in the backup; it holds orders");
        assertThatThrownBy(() -> backup.plan(
                        PlannedBackup.select(Optional.of(PlannedBackup.NEW.id()), Set.of(), TimeRange.UNBOUNDED)))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "Topic orders has no incarnation hT9kPr0QTqeDpXyzLWqZ9A in the backup; it has MWJ6FHTfRYy67jzwZdeqSQ");
    }

    @Test
    void twoTopicsCannotHaveOneTarget() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 1, 0);

        assertThatThrownBy(() -> new RestorePlanner(backup.files().storage())
                        .plan(List.of(
                                RestoreSelection.of("orders", "restored"), RestoreSelection.of("orders", "restored"))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("into restored");
    }

    @Test
    void oneIncarnationIsRestoredOnceInOneRestore() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 1, 0);

        assertThatThrownBy(() -> new RestorePlanner(backup.files().storage())
                        .plan(List.of(RestoreSelection.of("orders", "one"), RestoreSelection.of("orders", "two"))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("selected twice")
                .hasMessageContaining("run another for two");
    }

    @Test
    void aPlanIsReadAsItWasWrittenAndWrittenOnce() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        backup.files().metadata(PlannedBackup.OLD, 2, Map.of(), Instant.EPOCH);
        PlanStore store = new PlanStore(backup.files().storage());
        RestorePlan plan = new RestorePlan(
                "20260102-030405-abcd",
                Instant.parse("2026-01-02T03:04:05.678Z"),
                "source",
                "target",
                OnCorrupt.STOP,
                List.of(backup.plan(RestoreSelection.of("orders", "restored"))));

        store.create(plan);

        assertThat(store.read(plan.restoreId())).isEqualTo(plan);
        assertThatThrownBy(() -> store.create(plan))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("20260102-030405-abcd")
                .hasMessageContaining("--restore-id");
    }
}
