// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.maintained;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.maintenance.Cause;
import dev.kafkabackup.maintenance.CycleReport;
import dev.kafkabackup.maintenance.Maintenance;
import dev.kafkabackup.maintenance.MaintenanceConfig;
import dev.kafkabackup.maintenance.Removal;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a restore is to read stays, also when its time comes meanwhile, and goes when the restore has ended. */
@Timeout(120)
class HeldByARestoreIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final MaintenanceConfig CONFIG = Simulation.config(Simulation.WEEK, Simulation.MONTH);

    @TempDir
    private Path folder;

    @Test
    void retentionWaitsForTheRestore() throws Exception {
        TopicIncarnation orders = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
        Simulation simulation = new Simulation(folder, 1_000);
        BackupRoot.openOrCreate(
                simulation.storage(), Simulation.CLUSTER_ID, simulation.clock().now());
        SimulatedBackup backup = simulation.backup(orders, 5);
        simulation.logStartsAt(orders, 50);
        Maintenance maintenance = simulation.maintenance("a", CONFIG);
        simulation.run(maintenance, Simulation.WEEK.minusHours(6));
        simulation.clock().pass(Duration.ofHours(6));
        assertThat(simulation.dryRun(CONFIG).run().done())
                .as("due when the restore begins")
                .extracting(Removal::cause)
                .containsExactly(Cause.RETENTION);

        int restored = RestoreJobRun.compare(
                StorageLocation.parse(folder.toString()),
                BROKER.bootstrapServers(),
                backup,
                orders.name(),
                "restored",
                () -> {
                    CycleReport report = maintenance.run();
                    assertThat(report.done()).isEmpty();
                    assertThat(report.refusals())
                            .singleElement()
                            .asString()
                            .startsWith("nothing is removed from topic orders: held since ")
                            .endsWith(": restore into-restored reads it");
                });

        assertThat(restored).isEqualTo(50);
        assertThat(backup.listed(simulation.storage()).segments()).hasSize(5);
        maintenance.run();
        assertThat(backup.listed(simulation.storage()).segments()).isEmpty();
    }
}
