// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.SimulatedStorage;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** A deleted topic leaves the backup a grace after its deletion was proven, but for a tombstone. */
class DeletedTopicTest {

    private static final MaintenanceConfig CONFIG = Simulation.config(Simulation.WEEK, Simulation.MONTH);

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    private final Simulation simulation = Simulation.inMemory();
    private final Maintenance maintenance = simulation.maintenance("a", CONFIG);

    @Test
    void aDeletedTopicStaysForItsGraceAndLeavesATombstone() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        TopicIncarnation again = new TopicIncarnation("orders", Uuid.fromString("BBBBFHTfRYy67jzwZdeqSQ"));
        SimulatedBackup another = simulation.backup(again, 3);
        simulation.kafkaSays(orders, new Seen.Gone());
        simulation.kafkaSays(again, new Seen.There(Map.of(0, 0L)));
        simulation.metadata(orders, TopicState.DELETED);

        simulation.run(maintenance, Simulation.DAY.multipliedBy(29));
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);

        simulation.run(maintenance, Simulation.DAY.multipliedBy(2));
        assertThat(backup.listed(simulation.storage()).segments()).isEmpty();
        assertThat(new TopicMetadataStore(simulation.storage()).latest(orders))
                .get()
                .extracting(TopicMetadata::state)
                .isEqualTo(TopicState.DELETED);
        assertThat(another.listed(simulation.storage()).segments()).hasSize(3);
    }

    @Test
    void aTopicThatIsSeenAgainIsNotDeletedAndItsGraceStartsOver() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.metadata(orders, TopicState.DELETED);
        simulation.kafkaSays(orders, new Seen.Gone());
        simulation.run(maintenance, Simulation.DAY.multipliedBy(20));
        simulation.logStartsAt(orders, 0);
        maintenance.run();
        simulation.kafkaSays(orders, new Seen.Gone());

        simulation.run(maintenance, Simulation.DAY.multipliedBy(29));
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);
    }

    @Test
    void aTopicThatTheBackupDoesNotKnowToBeDeletedIsKept() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.kafkaSays(orders, new Seen.Gone());

        simulation.run(maintenance, Simulation.DAY.multipliedBy(60));

        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);
    }

    @Test
    void manyTopicsThatVanishAtOnceAreKeptUntilSomebodyConfirmsIt() throws IOException {
        List<TopicIncarnation> topics = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            topics.add(new TopicIncarnation("topic-" + i, Uuid.randomUuid()));
            simulation.backup(topics.get(i), 1);
            simulation.kafkaSays(topics.get(i), i < 3 ? new Seen.Gone() : new Seen.There(Map.of(0, 0L)));
        }
        for (TopicIncarnation gone : topics.subList(0, 3)) {
            simulation.metadata(gone, TopicState.DELETED);
        }

        CycleReport report = simulation.run(maintenance, Simulation.DAY.multipliedBy(35));
        assertThat(report.done()).isEmpty();
        assertThat(report.refusals())
                .singleElement()
                .asString()
                .contains("3 topics", "topic-0", "topic-2", "confirm-deletions");

        for (TopicIncarnation gone : topics.subList(0, 3)) {
            new RetentionStore(simulation.storage())
                    .confirmDeletion(gone, simulation.clock().now());
        }
        assertThat(maintenance.run().done())
                .extracting(Removal::topic)
                .containsExactlyInAnyOrderElementsOf(topics.subList(0, 3));
    }

    @Test
    void ofTwoTopicsOneMayGoWithoutAnyQuestion() throws IOException {
        TopicIncarnation gone = new TopicIncarnation("gone", Uuid.randomUuid());
        SimulatedBackup backup = simulation.backup(gone, 1);
        simulation.backup(orders, 1);
        simulation.logStartsAt(orders, 0);
        simulation.kafkaSays(gone, new Seen.Gone());
        simulation.metadata(gone, TopicState.DELETED);

        simulation.run(maintenance, Simulation.DAY.multipliedBy(31));

        assertThat(backup.listed(simulation.storage()).segments()).isEmpty();
    }

    @Test
    void aDeletedTopicOfWhichKafkaDoesNotTellNowIsKept() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 3);
        simulation.metadata(orders, TopicState.DELETED);
        simulation.kafkaSays(orders, new Seen.Gone());
        Hold hold = new Hold("h1", "orders", null, simulation.clock().now(), "until it is due", null);
        new HoldStore(simulation.storage()).place(hold);
        simulation.run(maintenance, Simulation.DAY.multipliedBy(31));

        simulation.kafkaSays(orders, new Seen.NotTold("another cluster"));
        new HoldStore(simulation.storage()).release(hold);
        CycleReport report = simulation.run(maintenance, Simulation.DAY);
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(3);
        assertThat(report.refusals()).singleElement().asString().contains("orders", "another cluster");
        assertThat(simulation.dryRun(CONFIG).run().removals()).singleElement().satisfies(removal -> {
            assertThat(removal.cause()).isEqualTo(Cause.TOPIC_DELETED);
            assertThat(removal.obstacle()).isEqualTo(Obstacle.NOT_TOLD);
            assertThat(removal.explanation()).isEqualTo("Kafka did not tell about it: another cluster");
            assertThat(removal.paths()).hasSize(3);
            assertThat(removal.dueAt())
                    .as("as soon as it tells")
                    .isEqualTo(simulation.clock().now());
        });

        simulation.kafkaSays(orders, new Seen.Gone());
        maintenance.run();
        assertThat(backup.listed(simulation.storage()).segments())
                .as("it was due")
                .isEmpty();
    }

    @Test
    void killedAtAnyCallOfItsRemovalItIsRemovedByTheNextOneAndItsTombstoneStays() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, 5);
        simulation.metadata(orders, TopicState.DELETED);
        simulation.kafkaSays(orders, new Seen.Gone());
        simulation.run(maintenance, Simulation.MONTH.minusHours(6));
        simulation.clock().pass(Duration.ofHours(6));
        int kills = 0;
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
            assertThat(new TopicMetadataStore(simulation.storage()).latest(orders))
                    .get()
                    .extracting(TopicMetadata::state)
                    .isEqualTo(TopicState.DELETED);
        }
        maintenance.run();
        assertThat(backup.listed(simulation.storage()).segments()).isEmpty();
        assertThat(kills).isGreaterThan(10);
        simulation.run(maintenance, Simulation.MONTH.plus(Simulation.DAY));
        assertThat(simulation.storage().list(BackupLayout.retention(orders)))
                .as("what was known of it is forgotten, at the latest a grace later")
                .isEmpty();
    }
}
