// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** A hold stops every deletion, whatever its cause, for as long as it counts. */
class HoldTest {

    private static final MaintenanceConfig CONFIG = Simulation.config(Simulation.WEEK, Simulation.MONTH);

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    private final Simulation simulation = Simulation.inMemory();
    private final Maintenance maintenance = simulation.maintenance("a", CONFIG);

    @Test
    void aHoldStopsEveryDeletionUntilItIsReleased() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        HoldStore holds = new HoldStore(simulation.storage());
        Hold hold = new Hold("h1", "orders", null, simulation.clock().now(), "under investigation", null);
        holds.place(hold);

        CycleReport report = simulation.run(maintenance, Simulation.DAY.multipliedBy(9));
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);
        assertThat(report.refusals()).singleElement().asString().contains("orders", "under investigation");

        holds.release(hold);
        maintenance.run();
        assertThat(backup.listed(simulation.storage()).segments()).isEmpty();
    }

    @Test
    void holdsAreLookedForOnlyWhereSomethingCouldBeRemoved() throws IOException {
        simulation.backup(orders, 5);
        simulation.logStartsAt(orders, 0);
        maintenance.run();
        assertThat(simulation.storage().listings(BackupLayout.holds("orders"))).isZero();

        simulation.logStartsAt(orders, 50);
        simulation.run(maintenance, Simulation.WEEK.plus(Simulation.DAY));
        assertThat(simulation.storage().listings(BackupLayout.holds("orders"))).isPositive();
    }

    @Test
    void theHoldOfARestoreCountsWhileItIsRenewedAndNotLonger() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        simulation.run(maintenance, Simulation.WEEK.minusHours(6));
        HoldStore holds = new HoldStore(simulation.storage());
        simulation.clock().pass(Duration.ofHours(6));

        for (int minutes = 0; minutes < 60; minutes += 5) {
            holds.place(Hold.ofRestore(
                    "r1", "orders", orders.id(), simulation.clock().now()));
            simulation.clock().pass(Simulation.CYCLE);
            maintenance.run();
        }
        assertThat(backup.listed(simulation.storage()).segments())
                .as("it is renewed")
                .hasSize(3);
        simulation.clock().pass(HoldStore.DEAD_AFTER);
        maintenance.run();

        assertThat(backup.listed(simulation.storage()).segments()).as("it died").isEmpty();
    }

    @Test
    void aHoldOfOneIncarnationHoldsNoOther() throws IOException {
        TopicIncarnation again = new TopicIncarnation("orders", Uuid.fromString("BBBBFHTfRYy67jzwZdeqSQ"));
        SimulatedBackup held = simulation.backup(orders, 3);
        SimulatedBackup free = simulation.backup(again, 3);
        simulation.logStartsAt(orders, 30);
        simulation.logStartsAt(again, 30);
        new HoldStore(simulation.storage())
                .place(new Hold("h1", "orders", orders.id(), simulation.clock().now(), "this one", null));

        simulation.run(maintenance, Simulation.DAY.multipliedBy(8));

        assertThat(held.listed(simulation.storage()).segments()).hasSize(3);
        assertThat(free.listed(simulation.storage()).segments()).isEmpty();
    }

    @Test
    void aHeldTopicIsMergedAndKeepsWhatWasMerged() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 40);
        simulation.logStartsAt(orders, 0);
        HoldStore holds = new HoldStore(simulation.storage());
        Hold hold = new Hold("h1", "orders", null, simulation.clock().now(), "evidence", null);
        holds.place(hold);

        simulation.run(maintenance, Simulation.DAY);
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(41);
        holds.release(hold);
        simulation.run(maintenance, Simulation.DAY);

        assertThat(backup.listed(simulation.storage()).segments()).hasSizeLessThan(10);
        backup.assertReadsAll(simulation.storage());
    }

    @Test
    void aDeletedTopicThatIsHeldStays() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.metadata(orders, TopicState.DELETED);
        simulation.kafkaSays(orders, new Seen.Gone());
        new HoldStore(simulation.storage())
                .place(new Hold("h1", "orders", null, simulation.clock().now(), "wanted", null));

        CycleReport report = simulation.run(maintenance, Simulation.DAY.multipliedBy(31));

        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);
        assertThat(report.refusals()).singleElement().asString().contains("orders", "wanted");
    }
}
