// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceTest {

    private static final MaintenanceConfig CONFIG = Simulation.config(Simulation.WEEK, Simulation.MONTH);
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path folder;

    private Simulation simulation = new Simulation(Path.of("unused"), 1);
    private Maintenance maintenance = simulation.maintenance("unused", CONFIG);
    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    @BeforeEach
    void start() {
        simulation = new Simulation(folder, 1_000);
        maintenance = simulation.maintenance("a", CONFIG);
    }

    /** Segments of 10 records each. */
    private SimulatedBackup backup(TopicIncarnation topic, int segments) throws IOException {
        SimulatedBackup backup =
                new SimulatedBackup(topic.partition(0), simulation.storage.another(), RandomRecords.small());
        for (int i = 0; i < segments; i++) {
            backup.publish(10, 0);
        }
        metadata(topic, TopicState.LIVE);
        return backup;
    }

    private void metadata(TopicIncarnation topic, TopicState state) throws IOException {
        simulation.clock.pass(Duration.ofMillis(1));
        new TopicMetadataStore(simulation.storage)
                .append(new TopicMetadata(
                        topic.name(),
                        topic.id(),
                        SimulatedBackup.CLUSTER_ID,
                        1,
                        1,
                        Map.of(),
                        true,
                        state,
                        simulation.clock.now(),
                        null));
    }

    private void logStartsAt(long offset) {
        simulation.kafka.put(orders, new Seen.There(Map.of(0, offset)));
    }

    private long firstOffset(SimulatedBackup backup) throws IOException {
        return backup.listed(simulation.storage).coverage().startOffset();
    }

    @Test
    void whatKafkaRemovedStaysForTheGraceAndIsGoneAfterIt() throws IOException {
        SimulatedBackup backup = backup(orders, 5);
        logStartsAt(25);
        simulation.run(maintenance, Simulation.WEEK.minusHours(6));
        assertThat(firstOffset(backup)).isZero();

        CycleReport report = simulation.run(maintenance, Duration.ofHours(6));

        assertThat(firstOffset(backup)).as("the segment of offset 25 stays").isEqualTo(20);
        assertThat(report.failures()).isEmpty();
        assertThat(backup.read(simulation.storage, 20)).hasSameSizeAs(backup.records(20));
        assertThat(new RetentionStore(simulation.storage)
                        .read(orders)
                        .state()
                        .partition(0)
                        .expiredUpTo())
                .as("the hole below is expiry")
                .isEqualTo(20);
    }

    @Test
    void theLowestLogStartOffsetOfTheWholeGraceCounts() throws IOException {
        SimulatedBackup backup = backup(orders, 5);
        logStartsAt(50);
        simulation.run(maintenance, DAY.multipliedBy(6));
        logStartsAt(10);
        maintenance.run();
        logStartsAt(50);

        simulation.run(maintenance, DAY.multipliedBy(6));
        assertThat(firstOffset(backup)).as("a lagging leader has shown less").isEqualTo(10);

        simulation.run(maintenance, DAY.multipliedBy(2));
        assertThat(backup.listed(simulation.storage).segments()).isEmpty();
    }

    @Test
    void whatWasSeenIsRememberedWhenTheProcessIsNot() throws IOException {
        SimulatedBackup backup = backup(orders, 3);
        logStartsAt(30);
        for (int day = 0; day < 6; day++) {
            simulation.run(simulation.maintenance("day" + day, CONFIG), DAY);
        }
        assertThat(firstOffset(backup)).isZero();
        assertThat(backup.listed(simulation.storage).segments()).hasSize(3);

        simulation.run(simulation.maintenance("last", CONFIG), DAY.multipliedBy(2));
        assertThat(backup.listed(simulation.storage).segments()).isEmpty();
    }

    @Test
    void whatIsSeenIsWrittenOnceAnHourAlsoWhereOneGraceNeverEnds() throws IOException {
        backup(orders, 1);
        logStartsAt(5);
        Maintenance never = simulation.maintenance("never", Simulation.config(null, Simulation.MONTH));
        never.run();
        List<String> written =
                new RetentionStore(simulation.storage).read(orders).objects();

        simulation.clock.pass(Simulation.CYCLE);
        never.run();
        assertThat(new RetentionStore(simulation.storage).read(orders).objects())
                .isEqualTo(written)
                .hasSize(1);
    }

    @Test
    void timeInWhichNobodyLookedDoesNotCount() throws IOException {
        SimulatedBackup backup = backup(orders, 3);
        logStartsAt(30);
        simulation.run(maintenance, DAY);
        simulation.clock.pass(DAY.multipliedBy(40));

        Maintenance later = simulation.maintenance("later", CONFIG);
        simulation.run(later, DAY);
        assertThat(backup.listed(simulation.storage).segments()).hasSize(3);
    }

    @Test
    void nothingExpiresWhileKafkaDoesNotTell() throws IOException {
        SimulatedBackup backup = backup(orders, 3);
        logStartsAt(30);
        simulation.run(maintenance, DAY.multipliedBy(6));
        simulation.kafka.put(orders, new Seen.NotTold("not authorized to access topics: [orders]"));

        CycleReport report = simulation.run(maintenance, DAY.multipliedBy(10));

        assertThat(backup.listed(simulation.storage).segments()).hasSize(3);
        assertThat(report.refusals()).singleElement().asString().contains("orders", "not authorized");
    }

    @Test
    void aHoldStopsEveryDeletionUntilItIsReleased() throws IOException {
        SimulatedBackup backup = backup(orders, 3);
        logStartsAt(30);
        HoldStore holds = new HoldStore(simulation.storage);
        Hold hold = new Hold("h1", "orders", null, simulation.clock.now(), "under investigation", null);
        holds.place(hold);

        CycleReport report = simulation.run(maintenance, DAY.multipliedBy(9));
        assertThat(backup.listed(simulation.storage).segments()).hasSize(3);
        assertThat(report.refusals()).singleElement().asString().contains("orders", "under investigation");

        holds.release(hold);
        maintenance.run();
        assertThat(backup.listed(simulation.storage).segments()).isEmpty();
    }

    @Test
    void theHoldOfARestoreThatDiedEnds() throws IOException {
        SimulatedBackup backup = backup(orders, 3);
        logStartsAt(30);
        new HoldStore(simulation.storage).place(Hold.ofRestore("r1", "orders", orders.id(), simulation.clock.now()));

        simulation.run(maintenance, DAY.multipliedBy(8));

        assertThat(backup.listed(simulation.storage).segments()).isEmpty();
    }

    @Test
    void aDeletedTopicStaysForItsGraceAndLeavesATombstone() throws IOException {
        SimulatedBackup backup = backup(orders, 3);
        TopicIncarnation again = new TopicIncarnation("orders", Uuid.fromString("BBBBFHTfRYy67jzwZdeqSQ"));
        SimulatedBackup another = backup(again, 3);
        simulation.kafka.put(orders, new Seen.Gone());
        simulation.kafka.put(again, new Seen.There(Map.of(0, 0L)));
        metadata(orders, TopicState.DELETED);

        simulation.run(maintenance, DAY.multipliedBy(29));
        assertThat(backup.listed(simulation.storage).segments()).hasSize(3);

        simulation.run(maintenance, DAY.multipliedBy(2));
        assertThat(backup.listed(simulation.storage).segments()).isEmpty();
        assertThat(new TopicMetadataStore(simulation.storage).latest(orders))
                .get()
                .extracting(TopicMetadata::state)
                .isEqualTo(TopicState.DELETED);
        assertThat(another.listed(simulation.storage).segments()).hasSize(3);
    }

    @Test
    void aTopicThatIsSeenAgainIsNotDeletedAndItsGraceStartsOver() throws IOException {
        SimulatedBackup backup = backup(orders, 3);
        metadata(orders, TopicState.DELETED);
        simulation.kafka.put(orders, new Seen.Gone());
        simulation.run(maintenance, DAY.multipliedBy(20));
        logStartsAt(0);
        maintenance.run();
        simulation.kafka.put(orders, new Seen.Gone());

        simulation.run(maintenance, DAY.multipliedBy(29));
        assertThat(backup.listed(simulation.storage).segments()).hasSize(3);
    }

    @Test
    void aTopicThatTheBackupDoesNotKnowToBeDeletedIsKept() throws IOException {
        SimulatedBackup backup = backup(orders, 3);
        simulation.kafka.put(orders, new Seen.Gone());

        simulation.run(maintenance, DAY.multipliedBy(60));

        assertThat(backup.listed(simulation.storage).segments()).hasSize(3);
    }

    @Test
    void manyTopicsThatVanishAtOnceAreKeptUntilSomebodyConfirmsIt() throws IOException {
        List<TopicIncarnation> topics = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            topics.add(new TopicIncarnation("topic-" + i, Uuid.randomUuid()));
            backup(topics.get(i), 1);
            simulation.kafka.put(topics.get(i), i < 3 ? new Seen.Gone() : new Seen.There(Map.of(0, 0L)));
        }
        for (TopicIncarnation gone : topics.subList(0, 3)) {
            metadata(gone, TopicState.DELETED);
        }

        CycleReport report = simulation.run(maintenance, DAY.multipliedBy(35));
        assertThat(report.done()).isEmpty();
        assertThat(report.refusals())
                .singleElement()
                .asString()
                .contains("3 topics", "topic-0", "topic-2", "confirm-deletions");

        for (TopicIncarnation gone : topics.subList(0, 3)) {
            new RetentionStore(simulation.storage).confirmDeletion(gone, simulation.clock.now());
        }
        assertThat(maintenance.run().done())
                .extracting(Removal::topic)
                .containsExactlyInAnyOrderElementsOf(topics.subList(0, 3));
    }

    @Test
    void ofTwoTopicsOneMayGoWithoutAnyQuestion() throws IOException {
        TopicIncarnation gone = new TopicIncarnation("gone", Uuid.randomUuid());
        SimulatedBackup backup = backup(gone, 1);
        backup(orders, 1);
        logStartsAt(0);
        simulation.kafka.put(gone, new Seen.Gone());
        metadata(gone, TopicState.DELETED);

        simulation.run(maintenance, DAY.multipliedBy(31));

        assertThat(backup.listed(simulation.storage).segments()).isEmpty();
    }

    @Test
    void aStorageClockThatJumpsDeletesNothing() throws IOException {
        SimulatedBackup backup = backup(orders, 40);
        logStartsAt(30);
        simulation.run(maintenance, DAY.multipliedBy(2));
        backup.publish(10, 0);
        long objects = backup.listed(simulation.storage).segments().size();

        // both clocks at once, as on one host: only the time that has really passed tells
        Maintenance jumping = new Maintenance(
                CONFIG,
                simulation.storage,
                SimulatedBackup.CLUSTER_ID,
                any -> simulation.kafka,
                new StorageClock(simulation.storage, "jumping", simulation.clock::now, () -> 0),
                () -> 0,
                false);
        jumping.run();
        simulation.clock.pass(DAY.multipliedBy(40));
        CycleReport report = jumping.run();

        assertThat(report.done()).isEmpty();
        assertThat(report.refusals()).anyMatch(refusal -> refusal.contains("jumped"));
        assertThat(backup.listed(simulation.storage).segments()).hasSizeGreaterThanOrEqualTo((int) objects);
    }

    @Test
    void aDryRunSaysWhatWouldGoAndWhenAndRemovesNothing() throws IOException {
        SimulatedBackup backup = backup(orders, 5);
        logStartsAt(25);
        simulation.run(maintenance, DAY.multipliedBy(3));

        CycleReport report = simulation
                .maintenance("dry", simulation.storage, simulation.clock::now, CONFIG, true)
                .run();

        assertThat(report.removals()).singleElement().satisfies(removal -> {
            assertThat(removal.cause()).isEqualTo(Cause.RETENTION);
            assertThat(removal.obstacle()).isEqualTo(Obstacle.GRACE);
            assertThat(removal.paths()).hasSize(2);
            assertThat(removal.dueAt()).isEqualTo(simulation.clock.now().plus(DAY.multipliedBy(4)));
        });
        assertThat(backup.listed(simulation.storage).segments()).hasSize(5);
    }

    @Test
    void whatKilledWritersLeftBehindIsRemovedAfterADayAndWhatIsBeingWrittenIsNot() throws IOException {
        backup(orders, 1);
        logStartsAt(0);
        Path partition = folder.resolve(BackupLayout.partition(orders.partition(0)));
        List<Path> abandoned = List.of(
                partition.resolve(".x.parquet.tmp-1"),
                folder.resolve(".backup.json.tmp-2"),
                Path.of("groups/.g.tmp-3"));
        for (Path file : abandoned) {
            write(file, simulation.clock.now().minus(Duration.ofHours(25)));
        }
        write(partition.resolve(".y.parquet.tmp-4"), simulation.clock.now().minus(Duration.ofHours(23)));
        List<StoredObject> visible = simulation.storage.list(BackupLayout.partition(orders.partition(0)));

        simulation
                .maintenance("dry", simulation.storage, simulation.clock::now, CONFIG, true)
                .run();
        assertThat(simulation.storage.unfinished(""))
                .as("nothing was to be removed")
                .hasSize(1);
        assertThat(maintenance.run().failures()).isEmpty();

        for (Path file : abandoned) {
            assertThat(folder.resolve(file)).doesNotExist();
        }
        assertThat(partition.resolve(".y.parquet.tmp-4")).exists();
        assertThat(simulation.storage.list(BackupLayout.partition(orders.partition(0))))
                .isEqualTo(visible);

        simulation.clock.pass(Duration.ofHours(3));
        maintenance.run();
        assertThat(partition.resolve(".y.parquet.tmp-4"))
                .as("looked for once a day")
                .exists();
        simulation.clock.pass(DAY);
        maintenance.run();
        assertThat(partition.resolve(".y.parquet.tmp-4")).doesNotExist();
    }

    private void write(Path file, Instant modifiedAt) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "half of it");
        Files.setLastModifiedTime(path, FileTime.from(modifiedAt));
    }

    @Test
    void clockObjectsOfKilledJobsAreRemovedAfterADayAndThoseOfLivingJobsAreNot() throws IOException {
        backup(orders, 1);
        logStartsAt(0);
        simulation.maintenance("killed", CONFIG).run();
        Maintenance other = simulation.maintenance("other", CONFIG);
        other.run();
        for (int hours = 0; hours < 23; hours++) {
            simulation.clock.pass(Duration.ofHours(1));
            other.run();
            maintenance.run();
        }
        assertThat(clocks()).containsExactlyInAnyOrder("clock-a.json", "clock-killed.json", "clock-other.json");

        simulation.clock.pass(Duration.ofHours(2));
        other.run();
        assertThat(clocks()).containsExactlyInAnyOrder("clock-a.json", "clock-other.json");
    }

    private List<String> clocks() throws IOException {
        return simulation.storage.list("maintenance").stream()
                .map(StoredObject::fileName)
                .toList();
    }

    @Test
    void holdsAreLookedForOnlyWhereSomethingCouldBeRemoved() throws IOException {
        backup(orders, 5);
        logStartsAt(0);
        maintenance.run();
        assertThat(simulation.storage.listings(BackupLayout.holds("orders"))).isZero();

        logStartsAt(50);
        simulation.run(maintenance, Simulation.WEEK.plus(DAY));
        assertThat(simulation.storage.listings(BackupLayout.holds("orders"))).isPositive();
    }

    @Test
    void whatFailsForOnePartitionDelaysNoOther() throws IOException {
        backup(orders, 2);
        TopicIncarnation other = new TopicIncarnation("zebra", Uuid.randomUuid());
        SimulatedBackup backup = backup(other, 40);
        simulation
                .storage
                .another()
                .publish(
                        BackupLayout.retention(orders) + "/1-00000000.json",
                        ObjectContent.of("{".getBytes(StandardCharsets.UTF_8)));

        CycleReport report = maintenance.run();

        assertThat(report.failures()).isNotEmpty().allMatch(failure -> failure.contains("orders"));
        assertThat(report.merges()).isPositive();
        assertThat(backup.listed(simulation.storage).segments()).hasSizeGreaterThan(40);
    }
}
