// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.SimulatedStorage;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.retention.Sighting;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** What Kafka has removed by its retention leaves the backup a grace later, and nothing else does. */
class RetentionTest {

    private static final MaintenanceConfig CONFIG = Simulation.config(Simulation.WEEK, Simulation.MONTH);

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    private final Simulation simulation = Simulation.inMemory();
    private final Maintenance maintenance = simulation.maintenance("a", CONFIG);

    @Test
    void whatKafkaRemovedStaysForTheGraceAndIsGoneAfterIt() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 5);
        simulation.logStartsAt(orders, 25);
        simulation.run(maintenance, Simulation.WEEK.minusHours(6));
        assertThat(firstOffset(backup)).isZero();

        CycleReport report = simulation.run(maintenance, Duration.ofHours(6));

        assertThat(firstOffset(backup)).as("the segment of offset 25 stays").isEqualTo(20);
        assertThat(report.failures()).isEmpty();
        assertThat(backup.read(simulation.storage(), 20)).hasSameSizeAs(backup.records(20));
        assertThat(new RetentionStore(simulation.storage())
                        .read(orders)
                        .state()
                        .partition(0)
                        .expiredUpTo())
                .as("the hole below is expiry")
                .isEqualTo(20);
    }

    @Test
    void theLowestLogStartOffsetOfTheWholeGraceCounts() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 5);
        simulation.logStartsAt(orders, 50);
        simulation.run(maintenance, Simulation.DAY.multipliedBy(6));
        simulation.logStartsAt(orders, 10);
        maintenance.run();
        simulation.logStartsAt(orders, 50);

        simulation.run(maintenance, Simulation.DAY.multipliedBy(6));
        assertThat(firstOffset(backup)).as("a lagging leader has shown less").isEqualTo(10);

        simulation.run(maintenance, Simulation.DAY.multipliedBy(2));
        assertThat(backup.listed(simulation.storage()).segments()).isEmpty();
    }

    @Test
    void aLowerLogStartOffsetCountsAtOnceAlsoIfItCannotBeWrittenDown() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 5);
        HoldStore holds = new HoldStore(simulation.storage());
        Hold hold = new Hold("h1", "orders", null, simulation.clock().now(), "under investigation", null);
        holds.place(hold);
        simulation.logStartsAt(orders, 50);
        simulation.run(maintenance, Simulation.DAY.multipliedBy(8));
        holds.release(hold);
        simulation.clock().pass(Simulation.CYCLE);

        simulation.logStartsAt(orders, 10);
        simulation.storage().failNextPublication(BackupLayout.retention(orders));
        assertThat(maintenance.run().failures()).hasSize(1);

        assertThat(backup.listed(simulation.storage()).segments()).hasSize(5);
        simulation.clock().pass(Simulation.CYCLE);
        maintenance.run();
        assertThat(firstOffset(backup)).isEqualTo(10);
    }

    @Test
    void whatWasSeenIsRememberedWhenTheProcessIsNot() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        for (int day = 0; day < 6; day++) {
            simulation.run(simulation.maintenance("day" + day, CONFIG), Simulation.DAY);
        }
        assertThat(firstOffset(backup)).isZero();
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);

        simulation.run(simulation.maintenance("last", CONFIG), Simulation.DAY.multipliedBy(2));
        assertThat(backup.listed(simulation.storage()).segments()).isEmpty();
    }

    @Test
    void whatIsSeenIsWrittenOnceAnHourAlsoWhereOneGraceNeverEnds() throws IOException {
        simulation.backup(orders, 1);
        simulation.logStartsAt(orders, 5);
        Maintenance never = simulation.maintenance("never", Simulation.config(null, Simulation.MONTH));
        never.run();
        List<String> written =
                new RetentionStore(simulation.storage()).read(orders).objects();

        simulation.clock().pass(Simulation.CYCLE);
        never.run();
        assertThat(new RetentionStore(simulation.storage()).read(orders).objects())
                .isEqualTo(written)
                .hasSize(1);
    }

    @Test
    void timeInWhichNobodyLookedDoesNotCount() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        simulation.run(maintenance, Simulation.DAY);
        simulation.clock().pass(Simulation.DAY.multipliedBy(40));

        Maintenance later = simulation.maintenance("later", CONFIG);
        simulation.run(later, Simulation.DAY);
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);
    }

    @Test
    void nothingExpiresWhileKafkaDoesNotTell() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        simulation.run(maintenance, Simulation.DAY.multipliedBy(6));
        simulation.kafkaSays(orders, new Seen.NotTold("not authorized to access topics: [orders]"));

        CycleReport report = simulation.run(maintenance, Simulation.DAY.multipliedBy(10));

        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);
        assertThat(report.refusals()).singleElement().asString().contains("orders", "not authorized");
    }

    @Test
    void whenWhatIsNotDueYetMayGoIsNotKnownWhileKafkaDoesNotTell() throws IOException {
        simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        simulation.run(maintenance, Simulation.DAY);
        simulation.kafkaSays(orders, new Seen.NotTold("not authorized"));

        assertThat(simulation.dryRun(CONFIG).run().removals()).singleElement().satisfies(removal -> {
            assertThat(removal.obstacle()).isEqualTo(Obstacle.NOT_TOLD);
            assertThat(removal.paths()).hasSize(3);
            assertThat(removal.dueAt()).isNull();
        });
        assertThat(maintenance.run().removals()).as("of a real cycle").isEmpty();
    }

    @Test
    void whatIsDueStaysWhileTheLeaderOfThePartitionDoesNotAnswer() throws IOException {
        staysWhileKafkaSays(
                new Seen.There(Map.of(1, 5L), Map.of(0, "its leader did not answer")),
                "nothing expires from partition orders-0, because Kafka did not tell about it: its leader did not answer",
                "its leader did not answer");
    }

    @Test
    void whatIsDueStaysWhileKafkaDoesNotTell() throws IOException {
        staysWhileKafkaSays(
                new Seen.NotTold("not authorized"),
                "nothing expires from topic orders, because Kafka did not tell about it: not authorized",
                "not authorized");
    }

    private void staysWhileKafkaSays(Seen nothing, String refusal, String why) throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        HoldStore holds = new HoldStore(simulation.storage());
        Hold hold = new Hold("h1", "orders", null, simulation.clock().now(), "until it is due", null);
        holds.place(hold);
        simulation.run(maintenance, Simulation.DAY.multipliedBy(8));

        simulation.kafkaSays(orders, nothing);
        holds.release(hold);
        CycleReport report = simulation.run(maintenance, Simulation.DAY);
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);
        assertThat(report.refusals()).containsExactly(refusal);
        assertThat(simulation.dryRun(CONFIG).run().removals()).singleElement().satisfies(removal -> {
            assertThat(removal.cause()).isEqualTo(Cause.RETENTION);
            assertThat(removal.obstacle()).isEqualTo(Obstacle.NOT_TOLD);
            assertThat(removal.explanation()).isEqualTo("Kafka did not tell about it: " + why);
            assertThat(removal.paths()).hasSize(3);
            assertThat(removal.dueAt())
                    .as("as soon as it tells")
                    .isEqualTo(simulation.clock().now());
        });

        simulation.logStartsAt(orders, 30);
        maintenance.run();
        assertThat(backup.listed(simulation.storage()).segments())
                .as("it was due")
                .isEmpty();
    }

    @Test
    void aLowerLogStartOffsetIsWrittenDownAtOnce() throws IOException {
        simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        maintenance.run();
        simulation.logStartsAt(orders, 10);
        simulation.clock().pass(Simulation.CYCLE);
        maintenance.run();

        assertThat(new RetentionStore(simulation.storage())
                        .read(orders)
                        .state()
                        .partition(0)
                        .logStartOffsets()
                        .last())
                .get()
                .extracting(Sighting::value)
                .isEqualTo(10L);
    }

    @Test
    void whatAnotherMaintenanceHasSeenCountsAsWell() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);
        simulation.run(maintenance, Simulation.WEEK.minusHours(6));

        simulation.logStartsAt(orders, 10);
        simulation.maintenance("other", CONFIG).run();
        simulation.logStartsAt(orders, 30);
        simulation.run(maintenance, Simulation.DAY);

        assertThat(firstOffset(backup))
                .as("what the other has seen is younger than the grace")
                .isEqualTo(10);
    }

    @Test
    void withAGraceThatNeverEndsNothingExpires() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.logStartsAt(orders, 30);

        simulation.run(simulation.maintenance("never", Simulation.config(null, null)), Simulation.MONTH);

        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);
    }

    @Test
    void killedAtAnyCallWhatIsMissingIsKnownToHaveExpired() throws IOException {
        int kills = 0;
        SimulatedBackup backup = simulation.backup(orders, 5);
        simulation.logStartsAt(orders, 50);
        simulation.run(maintenance, Simulation.WEEK.minusHours(6));
        simulation.clock().pass(Duration.ofHours(6));
        for (long call = 0; call < 60; call++) {
            SimulatedStorage storage = simulation.storage().another();
            storage.killAt(call);
            try {
                simulation
                        .maintenance("b", storage, simulation.clock()::now, CONFIG, false)
                        .run();
            } catch (SimulatedStorage.Killed e) {
                kills++;
            }
            long expired = expiredUpTo();
            backup.assertReads(simulation.storage(), expired);
        }
        maintenance.run();
        assertThat(backup.listed(simulation.storage()).segments()).isEmpty();
        assertThat(kills).isGreaterThan(10);
        assertThat(expiredUpTo()).isEqualTo(50);
    }

    private long firstOffset(SimulatedBackup backup) throws IOException {
        return backup.listed(simulation.storage()).coverage().startOffset();
    }

    private long expiredUpTo() throws IOException {
        return new RetentionStore(simulation.storage())
                .read(orders)
                .state()
                .partition(0)
                .expiredUpTo();
    }
}
