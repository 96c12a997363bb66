// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.maintenance.simulation.FolderInMemory;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cycle does besides: dry runs, leftovers, trouble with one topic or with all. */
class MaintenanceTest {

    private static final MaintenanceConfig CONFIG = Simulation.config(Simulation.WEEK, Simulation.MONTH);

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    @TempDir(factory = FolderInMemory.class)
    private Path folder;

    private Simulation simulation = new Simulation(Path.of("unused"), 1);
    private Maintenance maintenance = simulation.maintenance("unused", CONFIG);

    @BeforeEach
    void start() {
        simulation = new Simulation(folder, 1_000);
        maintenance = simulation.maintenance("a", CONFIG);
    }

    @Test
    void aDryRunSaysWhatWouldGoAndWhenAndRemovesNothing() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 5);
        simulation.logStartsAt(orders, 25);
        simulation.run(maintenance, Simulation.DAY.multipliedBy(3));

        CycleReport report = simulation
                .maintenance("dry", simulation.storage(), simulation.clock()::now, CONFIG, true)
                .run();

        assertThat(report.removals()).singleElement().satisfies(removal -> {
            assertThat(removal.cause()).isEqualTo(Cause.RETENTION);
            assertThat(removal.obstacle()).isEqualTo(Obstacle.GRACE);
            assertThat(removal.paths()).hasSize(2);
            assertThat(removal.dueAt()).isEqualTo(simulation.clock().now().plus(Simulation.DAY.multipliedBy(4)));
        });
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(5);
    }

    @Test
    void aDryRunSaysWhatWaitsBecauseOlderListingsMayBeInUse() throws IOException {
        int merged = 36;
        simulation.backup(orders, merged);
        simulation.logStartsAt(orders, 0);
        Instant mergedAt = simulation.clock().now();
        maintenance.run();
        Path damaged = folder.resolve(BackupLayout.partition(orders.partition(0)))
                .resolve("00000000000000000000_00000000000000000010_0_1_2_10_999.parquet");
        simulation.clock().pass(Duration.ofMinutes(20));
        write(damaged, simulation.clock().now());

        CycleReport report = simulation.dryRun(CONFIG).run();

        assertThat(report.done()).isEmpty();
        assertThat(report.removals())
                .extracting(Removal::cause, removal -> removal.paths().size(), Removal::dueAt, Removal::obstacle)
                .containsExactly(
                        tuple(Cause.REPLACED, merged, mergedAt.plus(Duration.ofHours(1)), Obstacle.GRACE),
                        tuple(Cause.DAMAGED, 1, simulation.clock().now().plus(Duration.ofHours(1)), Obstacle.GRACE));
        assertThat(maintenance.run().removals()).as("of a real cycle").isEmpty();
    }

    @Test
    void whatKilledWritersLeftBehindIsRemovedAfterADayAndWhatIsBeingWrittenIsNot() throws IOException {
        simulation.backup(orders, 1);
        simulation.logStartsAt(orders, 0);
        Path partition = folder.resolve(BackupLayout.partition(orders.partition(0)));
        List<Path> abandoned = List.of(
                partition.resolve(".x.parquet.tmp-1"),
                folder.resolve(".backup.json.tmp-2"),
                Path.of("groups/.g.tmp-3"));
        for (Path file : abandoned) {
            write(file, simulation.clock().now().minus(Duration.ofHours(25)));
        }
        write(partition.resolve(".y.parquet.tmp-4"), simulation.clock().now().minus(Duration.ofHours(23)));
        List<StoredObject> visible = simulation.storage().list(BackupLayout.partition(orders.partition(0)));

        simulation
                .maintenance("dry", simulation.storage(), simulation.clock()::now, CONFIG, true)
                .run();
        assertThat(simulation.storage().unfinished(""))
                .as("nothing was to be removed")
                .hasSize(1);
        assertThat(maintenance.run().failures()).isEmpty();

        for (Path file : abandoned) {
            assertThat(folder.resolve(file)).doesNotExist();
        }
        assertThat(partition.resolve(".y.parquet.tmp-4")).exists();
        assertThat(simulation.storage().list(BackupLayout.partition(orders.partition(0))))
                .isEqualTo(visible);

        simulation.clock().pass(Duration.ofHours(3));
        maintenance.run();
        assertThat(partition.resolve(".y.parquet.tmp-4"))
                .as("looked for once a day")
                .exists();
        simulation.clock().pass(Simulation.DAY);
        maintenance.run();
        assertThat(partition.resolve(".y.parquet.tmp-4")).doesNotExist();
    }

    @Test
    void whatFailsForOnePartitionDelaysNoOther() throws IOException {
        simulation.backup(orders, 2);
        TopicIncarnation other = new TopicIncarnation("zebra", Uuid.randomUuid());
        SimulatedBackup backup = simulation.backup(other, 40);
        simulation
                .storage()
                .another()
                .publish(
                        BackupLayout.retention(orders) + "/1-00000000.json",
                        ObjectContent.of("{".getBytes(StandardCharsets.UTF_8)));

        CycleReport report = maintenance.run();

        assertThat(report.failures()).isNotEmpty().allMatch(failure -> failure.contains("orders"));
        assertThat(report.merges()).isPositive();
        assertThat(backup.listed(simulation.storage()).segments()).hasSizeGreaterThan(40);
    }

    @Test
    void aDryRunSaysAllThatIsDueAndRemovesNothing() throws IOException {
        TopicIncarnation gone = new TopicIncarnation("gone", Uuid.randomUuid());
        TopicIncarnation small = new TopicIncarnation("small", Uuid.randomUuid());
        simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        simulation.backup(gone, 2);
        simulation.metadata(gone, TopicState.DELETED);
        simulation.kafkaSays(gone, new Seen.Gone());
        SimulatedBackup merged = simulation.backup(small, 40);
        simulation.logStartsAt(small, 0);
        // one that removes nothing and merges nothing watches
        MaintenanceConfig watching = new MaintenanceConfig(
                Simulation.CYCLE, Simulation.MONTH.multipliedBy(4), Simulation.MONTH.multipliedBy(4), 0.2, 1, 3, 0);
        simulation.run(simulation.maintenance("watching", watching), Simulation.MONTH.plus(Simulation.DAY));
        merged.publishAgain(0, 30, 0, any -> true);
        Path damaged = folder.resolve(BackupLayout.partition(small.partition(0)))
                .resolve("00000000000000000000_00000000000000000010_0_1_2_10_999.parquet");
        write(damaged, simulation.clock().now());
        simulation.clock().pass(Duration.ofHours(2));
        Set<String> before = files();

        CycleReport report = simulation.dryRun(CONFIG).run();

        assertThat(report.done()).extracting(Removal::cause).containsExactlyInAnyOrder(Cause.values());
        assertThat(report.merges()).isPositive();
        assertThat(report.failures()).isEmpty();
        Set<String> after = files();
        after.removeIf(file -> file.contains("clock-dry"));
        assertThat(after).isEqualTo(before);
        assertThat(simulation.maintenance("wet", CONFIG).run().done())
                .as("it was right")
                .extracting(Removal::cause)
                .containsExactlyInAnyOrder(Cause.values());
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            Set<String> names = new TreeSet<>();
            files.filter(Files::isRegularFile).forEach(file -> names.add(file.toString()));
            return names;
        }
    }

    @Test
    void aCycleCallsTheStorageFromItsOwnThreadAlone() throws IOException {
        for (int topic = 0; topic < 3; topic++) {
            simulation.backup(new TopicIncarnation("topic-" + topic, Uuid.randomUuid()), 40);
        }

        CycleReport report = maintenance.run();

        assertThat(report.merges()).isEqualTo(3);
        assertThat(simulation.storage().callers()).containsExactly(Thread.currentThread());
    }

    @Test
    void anObjectOfAWrongSizeGoesWhenSegmentsCoverItsOffsetsAndStaysWhereNoneDo() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 0);
        Path partition = folder.resolve(BackupLayout.partition(orders.partition(0)));
        Path covered = partition.resolve("00000000000000000005_00000000000000000030_0_1_2_25_999.parquet");
        Path uncovered = partition.resolve("00000000000000000005_00000000000000000031_0_1_2_26_999.parquet");
        Path foreign = partition.resolve("notes.parquet");
        for (Path file : List.of(covered, uncovered, foreign)) {
            write(file, simulation.clock().now());
        }

        maintenance.run();
        assertThat(covered).as("it is not an hour old").exists();
        simulation.run(maintenance, Simulation.DAY);

        assertThat(covered).doesNotExist();
        assertThat(uncovered).exists();
        assertThat(foreign).exists();
        backup.assertReadsAll(simulation.storage());
    }

    private void write(Path file, Instant modifiedAt) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "half of it");
        Files.setLastModifiedTime(path, FileTime.from(modifiedAt));
    }
}
