// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.maintenance.compaction.Compactor;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.RandomRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionSimulationTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int CYCLE_MINUTES = 5;
    private static final int DAY_MINUTES = 24 * 60;
    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    /** Nothing expires here. */
    private static final MaintenanceConfig CONFIG = Simulation.config(null, null);

    @TempDir
    private Path folder;

    @Test
    void aDayOfMinutesBecomesFewObjectsAndStaysTheSameRecords() throws IOException {
        minutes(DAY_MINUTES, 60);
    }

    @Test
    @Tag("long")
    void aMonthOfMinutesBecomesFewObjectsAndStaysTheSameRecords() throws IOException {
        minutes(30 * DAY_MINUTES, 150);
    }

    private void minutes(int minutes, int mostObjects) throws IOException {
        Simulation simulation = new Simulation(folder, 1_000);
        SimulatedBackup backup = new SimulatedBackup(PARTITION, simulation.storage.another(), RandomRecords.small());
        Maintenance maintenance = simulation.maintenance("a", CONFIG);
        for (int minute = 0; minute < minutes; minute++) {
            backup.publish(10, 0);
            simulation.clock.pass(MINUTE);
            if (minute % CYCLE_MINUTES == 0) {
                assertThat(maintenance.run().failures()).isEmpty();
            }
        }

        PartitionSegments segments = backup.listed(simulation.storage);
        int waiting = Compactor.standIns(segments).size();
        System.out.printf(
                "%d minutes: %d objects and %d that wait, %.2f times rewritten, %d listings%n",
                minutes,
                segments.segments().size() - waiting,
                waiting,
                (double) simulation.storage.publishedBytes() / backup.bytes(),
                simulation.storage.listings());
        assertThat(segments.segments().size() - waiting).isLessThanOrEqualTo(mostObjects);
        assertThat(simulation.storage.publishedBytes()).isLessThanOrEqualTo(3 * backup.bytes());
        // the clock's, the inventory's, and one or two an hour of the partition
        assertThat(simulation.storage.listings()).isLessThanOrEqualTo(minutes / CYCLE_MINUTES * 2 + minutes / 10);
        assertSameRecords(backup.read(simulation.storage, 0), backup.records(0));
    }

    @Test
    void killedAtAnyStorageCallItLosesNothing() throws IOException {
        Simulation simulation = new Simulation(folder, 10);
        SimulatedStorage writer = simulation.storage.another();
        SimulatedBackup backup = new SimulatedBackup(PARTITION, writer, RandomRecords.small());
        int kills = 0;
        for (int round = 0; round < 6; round++) {
            for (int minute = 0; minute < 40; minute++) {
                backup.publish(3, round / 2);
            }
            if (round == 3) {
                backup.skip(5);
            }
            for (long call = 1; call < 400; call += 1 + call / 5) {
                SimulatedStorage storage = simulation.storage.another();
                simulation.clock.pass(Duration.ofMinutes(7));
                storage.killAt(call);
                try {
                    simulation
                            .maintenance("a", storage, simulation.clock::now, CONFIG, false)
                            .run();
                } catch (SimulatedStorage.Killed e) {
                    kills++;
                }
                assertSameRecords(backup.read(writer, 0), backup.records(0));
            }
            simulation.clock.pass(Duration.ofHours(2));
            simulation.maintenance("a", CONFIG).run();
        }
        assertThat(kills).isGreaterThan(50);
        assertThat(backup.listed(writer).coverage().holes())
                .as("the gap is still one")
                .hasSize(1);
        assertThat(backup.listed(writer).segments().size()).isLessThan(60);
    }

    @Test
    void readersSeeTheSameRecordsWhileTwoMaintainAtOnceAndOneOfThemIsForeverAhead() throws Exception {
        Simulation simulation = new Simulation(folder, 10);
        SimulatedStorage writer = simulation.storage.another();
        SimulatedBackup backup = new SimulatedBackup(PARTITION, writer, RandomRecords.small());
        Maintenance one = simulation.maintenance("one", CONFIG);
        Maintenance ahead = simulation.maintenance(
                "ahead",
                simulation.storage.another(),
                () -> simulation.clock.now().plus(Duration.ofDays(40)),
                CONFIG,
                false);
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            backup.publish(3, 0);
            List<SegmentRecord> known = backup.records(0);
            Future<Integer> reader = threads.submit(() -> {
                int reads = 0;
                SimulatedStorage storage = simulation.storage.another();
                while (!ended.get()) {
                    List<SegmentRecord> read = backup.read(storage, 0);
                    assertSameRecords(read.subList(0, 3), known);
                    for (int i = 0; i < read.size(); i++) {
                        assertThat(read.get(i).offset())
                                .as("no record is missing")
                                .isEqualTo(i);
                    }
                    assertThat(backup.listed(storage).coverage().startOffset()).isZero();
                    reads++;
                }
                return reads;
            });
            for (int minute = 0; minute < DAY_MINUTES / 6; minute++) {
                backup.publish(3, 0);
                simulation.clock.pass(MINUTE);
                if (minute % CYCLE_MINUTES == 0) {
                    Future<CycleReport> other = threads.submit(ahead::run);
                    assertThat(one.run().failures()).isEmpty();
                    assertThat(other.get().done())
                            .as("its clock cannot be believed")
                            .isEmpty();
                }
            }
            ended.set(true);
            assertThat(reader.get()).isPositive();
            assertSameRecords(backup.read(writer, 0), backup.records(0));
            assertThat(backup.listed(writer).segments().size()).isLessThan(200);
        } finally {
            ended.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void twoOfTheSameMindNeverRemoveEachOthersSegments() throws Exception {
        Simulation simulation = new Simulation(folder, 10);
        SimulatedStorage writer = simulation.storage.another();
        RandomRecords random = RandomRecords.small();
        SimulatedBackup backup = new SimulatedBackup(PARTITION, writer, random);
        List<Maintenance> both = List.of(
                simulation.maintenance("a", CONFIG),
                simulation.maintenance("b", simulation.storage.another(), simulation.clock::now, CONFIG, false));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        RandomGenerator choice = new java.util.Random(random.seed());
        try {
            for (int round = 0; round < 15; round++) {
                for (int minute = 0; minute < 20; minute++) {
                    backup.publish(2, 0);
                }
                simulation.clock.pass(Duration.ofMinutes(20 + choice.nextInt(60)));
                Future<CycleReport> other = threads.submit(both.get(1)::run);
                both.get(0).run();
                other.get();
                assertSameRecords(backup.read(writer, 0), backup.records(0));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void assertSameRecords(List<SegmentRecord> read, List<SegmentRecord> written) {
        assertThat(read).hasSameSizeAs(written);
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.get(i).sameContent(written.get(i)))
                    .as("record at offset %d", written.get(i).offset())
                    .isTrue();
        }
    }
}
