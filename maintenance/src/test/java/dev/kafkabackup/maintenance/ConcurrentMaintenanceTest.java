// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.SimulatedStorage;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.RandomRecords;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Killed at any call, beside readers, and two at once: no record is lost, and none is read twice. */
class ConcurrentMaintenanceTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int CYCLE_MINUTES = 5;
    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    /** Nothing expires here. */
    private static final MaintenanceConfig CONFIG = Simulation.config(null, null);

    @Test
    void killedAtAnyStorageCallItLosesNothing() throws IOException {
        Simulation simulation = Simulation.inMemory();
        SimulatedStorage writer = simulation.storage().another();
        SimulatedBackup backup = new SimulatedBackup(PARTITION, writer, RandomRecords.small());
        int kills = 0;
        for (int round = 0; round < 4; round++) {
            for (int minute = 0; minute < 40; minute++) {
                backup.publish(3, round / 2);
            }
            if (round == 2) {
                backup.skip(5);
            }
            for (long call = 1; call < 400; call += 1 + call / 4) {
                SimulatedStorage storage = simulation.storage().another();
                simulation.clock().pass(Duration.ofMinutes(7));
                storage.killAt(call);
                try {
                    simulation
                            .maintenance("a", storage, simulation.clock()::now, CONFIG, false)
                            .run();
                } catch (SimulatedStorage.Killed e) {
                    kills++;
                }
                backup.assertReadsAll(writer);
            }
            simulation.clock().pass(Duration.ofHours(2));
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
        Simulation simulation = Simulation.inMemory();
        SimulatedStorage writer = simulation.storage().another();
        SimulatedBackup backup = new SimulatedBackup(PARTITION, writer, RandomRecords.small());
        Maintenance one = simulation.maintenance("one", CONFIG);
        Maintenance ahead = simulation.maintenance(
                "ahead",
                simulation.storage().another(),
                () -> simulation.clock().now().plus(Duration.ofDays(40)),
                CONFIG,
                false);
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            backup.publish(3, 0);
            List<SegmentRecord> known = backup.records(0);
            Future<Integer> reader = threads.submit(() -> {
                int reads = 0;
                SimulatedStorage storage = simulation.storage().another();
                while (!ended.get()) {
                    List<SegmentRecord> read = backup.read(storage, 0);
                    SimulatedBackup.assertSameRecords(read.subList(0, 3), known);
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
            for (int minute = 0; minute < 4 * 60; minute++) {
                backup.publish(3, 0);
                simulation.clock().pass(MINUTE);
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
            backup.assertReadsAll(writer);
            assertThat(backup.listed(writer).segments().size()).isLessThan(200);
        } finally {
            ended.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void twoOfTheSameMindNeverRemoveEachOthersSegments() throws Exception {
        Simulation simulation = Simulation.inMemory();
        SimulatedStorage writer = simulation.storage().another();
        RandomRecords random = RandomRecords.small();
        SimulatedBackup backup = new SimulatedBackup(PARTITION, writer, random);
        List<Maintenance> both = List.of(
                simulation.maintenance("a", CONFIG),
                simulation.maintenance("b", simulation.storage().another(), simulation.clock()::now, CONFIG, false));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        RandomGenerator choice = new Random(random.seed());
        try {
            for (int round = 0; round < 15; round++) {
                for (int minute = 0; minute < 20; minute++) {
                    backup.publish(2, 0);
                }
                simulation.clock().pass(Duration.ofMinutes(20 + choice.nextInt(60)));
                Future<CycleReport> other = threads.submit(both.get(1)::run);
                both.get(0).run();
                other.get();
                backup.assertReadsAll(writer);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
