// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.report.PartitionReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Selections against a real broker: the target holds what a model says that does not know segments. */
class SelectionIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(4)
            .build());

    private static final int SELECTIONS = 5;
    private static final int SELECTIONS_IN_THE_LONG_RUN = 60;

    @TempDir
    Path folder;

    private final TopicIncarnation first = new TopicIncarnation("orders", Uuid.randomUuid());
    private final TopicIncarnation second = new TopicIncarnation("orders", Uuid.randomUuid());

    private BackupFixture backup;
    private SelectionModel model;
    private EndingRestores restores;

    @BeforeEach
    void openBackup() {
        backup = new BackupFixture(folder);
        model = new SelectionModel(backup, BROKER.bootstrapServers());
        restores = new EndingRestores(backup.location(), BROKER.bootstrapServers());
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    @Test
    void randomSelectionsGiveWhatTheModelSays() throws Exception {
        compare(Long.getLong("test.seed", new Random().nextLong()), SELECTIONS, "short");
    }

    @Test
    @Tag("long")
    void veryManyRandomSelectionsGiveWhatTheModelSays() throws Exception {
        compare(Long.getLong("test.seed", new Random().nextLong()), SELECTIONS_IN_THE_LONG_RUN, "long");
        assertThat(restores.endedHalfway())
                .as("jobs that ended with a part committed")
                .isPositive();
    }

    private void compare(long seed, int selections, String name) throws Exception {
        System.out.println("Random selections with -Dtest.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        model.backUp(first, SelectionModel.PARTITIONS - 1, Instant.parse("2026-01-01T00:00:00Z"), random);
        model.backUp(second, SelectionModel.PARTITIONS, Instant.parse("2026-01-02T00:00:00Z"), random);
        for (int i = 0; i < selections; i++) {
            boolean all = i % 3 == 2;
            RandomSelection selection = RandomSelection.of(random, SelectionModel.PARTITIONS - 1, !all, i);
            String target = name + "-" + i;
            List<TopicIncarnation> sources = all ? List.of(first, second) : List.of(i % 2 == 0 ? first : second);
            RestoreReport report = restores.restore(
                    new RestoreSelection(
                            "orders",
                            target,
                            all
                                    ? IncarnationChoice.ALL
                                    : new IncarnationChoice.One(i % 2 == 0 ? first.id() : second.id()),
                            selection.partitions(),
                            selection.records()),
                    endings(i, model.wanted(sources, selection), random));
            assertThat(model.requireExact(report, target, sources, selection))
                    .as("records of %s", selection)
                    .isEqualTo(report.records());
            model.requireCountOfRecordsWithoutTimestamp(report, sources, selection);
        }
    }

    /** After how many of the wanted records the job ends in the middle and all of its state is lost. */
    private static List<Integer> endings(int number, int wanted, SplittableRandom random) {
        return number % 2 == 0 || wanted < 2 ? List.of() : List.of(1 + random.nextInt(wanted), wanted / 2);
    }

    /** The jobs end in the middle, with all of their state. */
    @Test
    void recordsThatNoTimeRangeSelectsAreCountedOnce() throws Exception {
        List<SegmentRecord> mixed = LongStream.range(0, 600)
                .mapToObj(offset -> BackupFixture.record(offset, offset % 3 == 0 ? -1 : offset))
                .toList();
        for (int start = 0; start < mixed.size(); start += 100) {
            backup.segment(first.partition(0), start, start + 100, mixed.subList(start, start + 100));
        }
        List<SegmentRecord> none = LongStream.range(0, 70)
                .mapToObj(offset -> BackupFixture.record(offset, -1))
                .toList();
        backup.segment(first.partition(1), 0, 70, none);
        backup.metadata(first, 2, Map.of(), Instant.EPOCH);

        RestoreReport ofTimes = restores.restore(
                new RestoreSelection(
                        "orders",
                        "of-times",
                        IncarnationChoice.NEWEST,
                        Set.of(),
                        RecordSelection.of(TimeRange.from(0))),
                List.of(150, 200));
        RestoreReport everything = restores.restore(RestoreSelection.of("orders", "everything"), List.of(300));

        assertThat(ofTimes.records()).isEqualTo(400);
        assertThat(ofTimes.topics().get(0).partitions())
                .extracting(PartitionReport::withoutTimestampLeftOut, PartitionReport::withoutTimestampRestored)
                .containsExactly(tuple(200L, 0L), tuple(70L, 0L));
        assertThat(everything.records()).isEqualTo(670);
        assertThat(everything.topics().get(0).partitions())
                .extracting(PartitionReport::withoutTimestampLeftOut, PartitionReport::withoutTimestampRestored)
                .containsExactly(tuple(0L, 200L), tuple(0L, 70L));
        assertThat(restores.endedHalfway())
                .as("jobs that ended with a part committed")
                .isPositive();
    }

    @Test
    void segmentsThatAreMergedWhileTheyAreReadAreReadWhereTheirRecordsAreNow() throws Exception {
        TopicIdPartition partition = first.partition(0);
        List<SegmentRecord> all = new ArrayList<>();
        List<SegmentName> small = new ArrayList<>();
        for (int segment = 0; segment < 60; segment++) {
            List<SegmentRecord> records = new ArrayList<>();
            for (long offset = segment * 1_000L; offset < (segment + 1) * 1_000L; offset++) {
                records.add(BackupFixture.record(offset, offset));
            }
            all.addAll(records);
            small.add(backup.segment(partition, segment * 1_000L, (segment + 1) * 1_000L, records));
        }
        backup.metadata(first, 1, Map.of(), Instant.EPOCH);
        model.has(first, 0, all);
        HoldStore holds = new HoldStore(backup.storage());
        RecordHook.at(500, () -> {
            assertThat(holds.active(first, Instant.now()))
                    .as("what retention may not touch")
                    .isNotEmpty();
            backup.segment(partition, 0, 60_000, all);
            for (SegmentName name : small) {
                backup.storage().delete(BackupLayout.segment(partition, name));
            }
        });

        RestoreReport report = restores.restore(RestoreSelection.of("orders", "merged"), List.of());

        assertThat(RecordHook.wasCalled()).as("merged while it was read").isTrue();
        assertThat(RecordHook.passed())
                .as("records, without a restart of the job")
                .isEqualTo(60_000);
        assertThat(holds.all("orders")).isEmpty();
        assertThat(model.requireExact(report, "merged", List.of(first), RandomSelection.everything()))
                .isEqualTo(60_000);
    }
}
