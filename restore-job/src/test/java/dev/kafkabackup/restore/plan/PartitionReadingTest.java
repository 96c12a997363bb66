// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.FailedException;
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
import dev.kafkabackup.storage.ObjectContent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plan says of each partition. */
class PartitionReadingTest {

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
    void recordsOfSegmentsWithoutAnyTimestampAreCountedWhereATimeRangeRulesThemOut() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        backup.files()
                .segment(
                        PlannedBackup.OLD.partition(0),
                        10,
                        15,
                        LongStream.range(10, 15)
                                .mapToObj(offset -> BackupFixture.record(offset, -1))
                                .toList());
        backup.files().segment(PlannedBackup.OLD.partition(0), 15, 20, List.of());
        backup.segment(PlannedBackup.OLD.partition(0), 20, 30, 0);
        backup.files().metadata(PlannedBackup.OLD, 1, Map.of(), Instant.EPOCH);

        assertThat(PlannedBackup.source(
                                backup.plan(PlannedBackup.select(Optional.empty(), Set.of(), TimeRange.from(20))), 0)
                        .withoutTimestamp())
                .isEqualTo(5);
        assertThat(PlannedBackup.source(
                                backup.plan(PlannedBackup.select(Optional.empty(), Set.of(), TimeRange.UNBOUNDED)), 0)
                        .withoutTimestamp())
                .isZero();
    }

    @Test
    void overlapsAndOverruledPartsMakeTheNumberOfRecordsAnUpperBound() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        backup.segment(PlannedBackup.OLD.partition(0), 5, 15, 0);
        backup.segment(PlannedBackup.OLD.partition(1), 0, 10, 0);
        backup.segment(PlannedBackup.OLD.partition(1), 5, 8, 1);

        TopicPlan plan = backup.plan(RestoreSelection.of("orders", "restored"));

        assertThat(plan.partitions().get(0).recordsAtMost()).isEqualTo(20);
        assertThat(plan.partitions().get(0).exactRecords()).isEmpty();
        assertThat(PlannedBackup.source(plan, 1).offsets()).containsExactly(new OffsetRange(0, 8));
        assertThat(plan.partitions().get(1).exactRecords()).isEmpty();
    }

    @Test
    void whatAHigherEpochOverruledIsShown() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        backup.segment(PlannedBackup.OLD.partition(0), 5, 8, 1);
        backup.segment(PlannedBackup.OLD.partition(0), 10, 12, 0);

        assertThat(PlannedBackup.source(backup.plan(RestoreSelection.of("orders", "restored")), 0)
                        .overruled())
                .containsExactly(new OffsetRange(8, 12));
    }

    @Test
    void gapsAreShownWhereTheyAreSelected() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        backup.segment(PlannedBackup.OLD.partition(0), 12, 20, 0);
        backup.segment(PlannedBackup.OLD.partition(0), 30, 40, 0);

        assertThat(PlannedBackup.source(backup.plan(RestoreSelection.of("orders", "restored")), 0)
                        .gaps())
                .containsExactly(new OffsetRange(10, 12), new OffsetRange(20, 30));
        assertThat(PlannedBackup.source(backup.plan(selectOffsets(15, 25)), 0).gaps())
                .containsExactly(new OffsetRange(20, 25));
    }

    /** As after maintenance that was not allowed to remove the segment in the middle. */
    @Test
    void aHoleBelowWhatHasExpiredIsNoGap() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        backup.segment(PlannedBackup.OLD.partition(0), 12, 20, 0);
        backup.segment(PlannedBackup.OLD.partition(0), 30, 40, 0);
        new RetentionStore(backup.files().storage())
                .write(
                        PlannedBackup.OLD,
                        RetentionState.NONE.with(0, PartitionRetention.NONE.withExpiredUpTo(25)),
                        List.of());

        PlannedSource source = PlannedBackup.source(backup.plan(RestoreSelection.of("orders", "restored")), 0);

        assertThat(source.expired()).containsExactly(new OffsetRange(10, 12), new OffsetRange(20, 25));
        assertThat(source.gaps()).containsExactly(new OffsetRange(25, 30));
        PlannedSource selected = PlannedBackup.source(backup.plan(selectOffsets(15, 25)), 0);
        assertThat(selected.expired()).containsExactly(new OffsetRange(20, 25));
        assertThat(selected.gaps()).isEmpty();
    }

    @Test
    void anObjectThatLooksLikeASegmentAndIsNoneIsDamageUnlessItWasReplaced() throws IOException {
        SegmentName lost = backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        SegmentName replaced = backup.segment(PlannedBackup.OLD.partition(0), 10, 20, 0);
        backup.segment(PlannedBackup.OLD.partition(0), 10, 30, 0);
        for (SegmentName name : List.of(lost, replaced)) {
            backup.files()
                    .storage()
                    .publish(BackupLayout.segment(PlannedBackup.OLD.partition(0), name), ObjectContent.of(new byte[1]));
        }
        String renamed = BackupLayout.partition(PlannedBackup.OLD.partition(0)) + "/0000000000000000p030_x.parquet";
        backup.files().storage().publish(renamed, ObjectContent.of(new byte[1]));
        String foreign = BackupLayout.partition(PlannedBackup.OLD.partition(0)) + "/_SUCCESS";
        backup.files().storage().publish(foreign, ObjectContent.of(new byte[1]));

        TopicPlan plan = backup.plan(RestoreSelection.of("orders", "restored"));

        assertThat(PlannedBackup.source(plan, 0).damaged())
                .extracting(Damage::object, Damage::offsets)
                .containsExactlyInAnyOrder(
                        tuple(BackupLayout.segment(PlannedBackup.OLD.partition(0), lost), new OffsetRange(0, 10)),
                        tuple(renamed, null));
        assertThatThrownBy(() -> withPolicy(OnCorrupt.STOP, plan).requireUndamaged())
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith("The backup is damaged: ")
                .hasMessageContaining(BackupLayout.segment(PlannedBackup.OLD.partition(0), lost))
                .hasMessageContaining("offsets [0, 10)")
                .hasMessageContaining("--on-corrupt skip");
        assertThatCode(() -> withPolicy(OnCorrupt.SKIP, plan).requireUndamaged())
                .doesNotThrowAnyException();
        assertThat(PlannedBackup.source(backup.plan(selectOffsets(10, 30)), 0).damaged())
                .as("of a name that says nothing nobody knows whether it is selected")
                .extracting(Damage::object)
                .containsExactly(renamed);
    }

    private static RestorePlan withPolicy(OnCorrupt onCorrupt, TopicPlan topic) {
        return new RestorePlan("id", Instant.EPOCH, "source", "target", onCorrupt, List.of(topic));
    }

    @Test
    void segmentsOutsideOfTheSelectedTimeAreNotRead() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 10, 0);
        SegmentName wanted = backup.segment(PlannedBackup.OLD.partition(0), 10, 20, 0);
        backup.segment(PlannedBackup.OLD.partition(0), 20, 30, 0);
        backup.files().segment(PlannedBackup.OLD.partition(0), 30, 31, List.of(BackupFixture.record(30, -1)));

        TopicPlan plan = backup.plan(PlannedBackup.select(Optional.empty(), Set.of(), new TimeRange(12, 20)));

        assertThat(PlannedBackup.source(plan, 0).offsets()).containsExactly(wanted.range());
        assertThat(PlannedBackup.source(plan, 0).segments()).isEqualTo(1);
        assertThat(PlannedBackup.source(plan, 0).bytes()).isEqualTo(wanted.sizeBytes());
        assertThat(plan.partitions().get(0).exactRecords()).isEmpty();
    }

    @Test
    void recordsWithoutATimestampAreOnlyWantedWhenNoTimeIsSelected() {
        assertThat(TimeRange.UNBOUNDED.contains(-1)).isTrue();
        assertThat(TimeRange.until(100).contains(-1)).isFalse();
        assertThat(TimeRange.from(0).contains(-1)).isFalse();
    }

    @Test
    void whatWasReadTooLateIsInThePlanWhereItIsSelected() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 100, 0);
        backup.segment(PlannedBackup.OLD.partition(1), 0, 100, 0);
        backup.files().metadata(PlannedBackup.OLD, 2, Map.of(), Instant.EPOCH);
        LateRead late = new LateRead(new OffsetRange(20, 30), Instant.EPOCH, Instant.EPOCH.plusSeconds(90_000));
        new ReadingStore(backup.files().storage())
                .write(
                        PlannedBackup.OLD,
                        ReadingState.NONE.with(0, new ReadProgress(Sightings.NONE, 100, List.of(late))),
                        List.of());

        TopicPlan all = backup.plan(RestoreSelection.of("orders", "restored"));
        assertThat(PlannedBackup.source(all, 0).readLate()).containsExactly(late);
        assertThat(PlannedBackup.source(all, 1).readLate()).isEmpty();

        TopicPlan other = backup.plan(new RestoreSelection(
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
        assertThat(PlannedBackup.source(other, 0).readLate()).isEmpty();
    }

    @Test
    void anUnreadableNoteOfWhatWasReadTooLateKeepsNobodyFromARestore() throws IOException {
        backup.segment(PlannedBackup.OLD.partition(0), 0, 100, 0);
        backup.files()
                .storage()
                .publish(
                        BackupLayout.retention(PlannedBackup.OLD) + "/reading-1-00000000.json",
                        ObjectContent.of("{".getBytes(StandardCharsets.UTF_8)));

        assertThat(PlannedBackup.source(backup.plan(RestoreSelection.of("orders", "restored")), 0)
                        .recordsAtMost())
                .isEqualTo(100);
    }
}
