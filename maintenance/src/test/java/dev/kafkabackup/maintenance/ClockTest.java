// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Nothing is removed while a clock cannot be believed. */
class ClockTest {

    private static final MaintenanceConfig CONFIG = Simulation.config(Simulation.WEEK, Simulation.MONTH);

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    private final Simulation simulation = Simulation.inMemory();
    private final Maintenance maintenance = simulation.maintenance("a", CONFIG);

    @Test
    void aStorageClockThatJumpsDeletesNothing() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 40);
        simulation.logStartsAt(orders, 30);
        simulation.run(maintenance, Simulation.DAY.multipliedBy(2));
        backup.publish(10, 0);
        long objects = backup.listed(simulation.storage()).segments().size();

        // both clocks at once, as on one host: only the time that has really passed tells
        Maintenance jumping = new Maintenance(
                CONFIG,
                simulation.storage(),
                Simulation.CLUSTER_ID,
                simulation::look,
                new StorageClock(simulation.storage(), "jumping", simulation.clock()::now, () -> 0),
                () -> 0,
                false);
        jumping.run();
        simulation.clock().pass(Simulation.DAY.multipliedBy(40));
        CycleReport report = jumping.run();

        assertThat(report.done()).isEmpty();
        assertThat(report.refusals()).anyMatch(refusal -> refusal.contains("jumped"));
        assertThat(backup.listed(simulation.storage()).segments()).hasSizeGreaterThanOrEqualTo((int) objects);
    }

    @Test
    void clockObjectsOfKilledJobsAreRemovedAfterADayAndThoseOfLivingJobsAreNot() throws IOException {
        simulation.backup(orders, 1);
        simulation.logStartsAt(orders, 0);
        simulation.maintenance("killed", CONFIG).run();
        Maintenance other = simulation.maintenance("other", CONFIG);
        other.run();
        for (int hours = 0; hours < 23; hours++) {
            simulation.clock().pass(Duration.ofHours(1));
            other.run();
            maintenance.run();
        }
        assertThat(clocks()).containsExactlyInAnyOrder("clock-a.json", "clock-killed.json", "clock-other.json");

        simulation.clock().pass(Duration.ofHours(2));
        other.run();
        assertThat(clocks()).containsExactlyInAnyOrder("clock-a.json", "clock-other.json");
    }

    @Test
    void aHostClockThatIsFarAheadDeletesNothing() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        simulation.run(maintenance, Simulation.WEEK.minusHours(6));
        simulation.clock().pass(Duration.ofHours(6));

        CycleReport report = simulation
                .maintenance(
                        "ahead",
                        simulation.storage(),
                        () -> simulation
                                .clock()
                                .now()
                                .plus(StorageClock.LARGEST_SKEW)
                                .plusSeconds(1),
                        CONFIG,
                        false)
                .run();
        assertThat(report.done()).isEmpty();
        assertThat(report.refusals()).singleElement().asString().contains("5 minutes apart");
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);

        maintenance.run();
        assertThat(backup.listed(simulation.storage()).segments())
                .as("it was due")
                .isEmpty();
    }

    private List<String> clocks() throws IOException {
        return simulation.storage().list("maintenance").stream()
                .map(StoredObject::fileName)
                .toList();
    }
}
