// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.backup.BackupConfig;
import dev.kafkabackup.backup.BackupOptions;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.options.ConfigOptions;
import dev.kafkabackup.cli.options.KafkaOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.config.CheckedOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.maintenance.CycleReport;
import dev.kafkabackup.maintenance.Maintenance;
import dev.kafkabackup.maintenance.MaintenanceConfig;
import dev.kafkabackup.maintenance.MaintenanceOptions;
import dev.kafkabackup.maintenance.Removal;
import dev.kafkabackup.maintenance.ReportStore;
import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.maintenance.watch.KafkaLook;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One maintenance cycle over the whole backup, or what it would do. */
@Command(
        name = "maintain",
        description = {
            "Looks once at what Kafka has removed, removes from the backup what is due, and merges small segments.",
            "The backup job does the same on its own unless it runs with --maintenance off. Only time in which somebody",
            "looked counts as grace: without the job, run this at least once a day."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  kafka-backup maintain --bootstrap-server localhost:9092 --storage s3://backups/prod --dry-run"
        })
final class MaintainCommand implements Callable<Integer> {

    /** The job's settings that merged segments follow as well. */
    static final List<ConfigOption<?>> OPTIONS = Stream.concat(
                    MaintenanceOptions.ALL.stream(),
                    Stream.of(BackupOptions.SEGMENT_BYTES, BackupOptions.COMPRESSION_LEVEL))
            .toList();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Option(
            names = "--dry-run",
            description = "Say what would be removed, when, and what stands in the way; remove and merge nothing.")
    private boolean dryRun;

    @Option(names = "--output", paramLabel = "table|json", description = "How the result is printed. Default: table.")
    private OutputFormat output = OutputFormat.TABLE;

    @Override
    public Integer call() {
        CheckedOptions options =
                new CheckedOptions(ConfigOptions.valuesOf(spec.commandLine().getParseResult(), OPTIONS));
        MaintenanceConfig config = MaintenanceOptions.config(
                        options,
                        BackupConfig.segmentBytes(options),
                        options.number(BackupOptions.COMPRESSION_LEVEL, 1, 19))
                .unlimited();
        storage.initializeFileSystems();
        KafkaConnection connection = kafka.connection();
        try (BackupStorage backup = storage.location().open();
                Admin admin = connection.admin("kafka-backup-maintain")) {
            BackupRoot root = BackupRoot.require(backup);
            requireSameCluster(connection, admin, root, backup);
            CycleReport report = run(config, backup, root, new KafkaLook(connection, admin, root.clusterId()));
            print(report);
            return (report.failures().isEmpty() ? ExitCode.DONE : ExitCode.FAILED).code();
        } catch (IOException e) {
            throw new FailedException(
                    "The backup in %s cannot be maintained: %s".formatted(storage.location(), e.getMessage()), e);
        }
    }

    private static void requireSameCluster(
            KafkaConnection connection, Admin admin, BackupRoot root, BackupStorage backup) {
        String clusterId = connection.clusterId(admin);
        if (!clusterId.equals(root.clusterId())) {
            throw new RefusedException(
                    "The backup in %s belongs to the Kafka cluster %s, but %s is cluster %s: nothing is removed"
                            .formatted(backup.root(), root.clusterId(), connection, clusterId));
        }
    }

    private CycleReport run(MaintenanceConfig config, BackupStorage backup, BackupRoot root, KafkaLook look)
            throws IOException {
        try (StorageClock clock =
                new StorageClock(backup, UUID.randomUUID().toString(), InstantSource.system(), System::nanoTime)) {
            CycleReport report = new Maintenance(
                            config, backup, root.clusterId(), look::look, clock, System::nanoTime, dryRun)
                    .run();
            if (!dryRun) {
                new ReportStore(backup).write(report);
            }
            return report;
        }
    }

    private void print(CycleReport report) {
        if (output == OutputFormat.JSON) {
            Terminal.result(new String(Json.write(report), StandardCharsets.UTF_8));
            return;
        }
        Table.print(
                List.of("TOPIC", "TOPIC ID", "PARTITION", "CAUSE", "OBJECTS", "BYTES", "DUE", "STAYS BECAUSE"),
                report.removals().stream().map(MaintainCommand::row).toList());
        report.refusals().forEach(refusal -> Terminal.note("kafka-backup: %s", refusal));
        report.failures().forEach(failure -> Terminal.note("kafka-backup: %s", failure));
        Terminal.note(
                dryRun
                        ? "%d objects would be removed, %d merges written from %d bytes"
                        : "%d objects removed, %d merges written from %d bytes",
                report.done().stream()
                        .mapToInt(removal -> removal.paths().size())
                        .sum(),
                report.merges(),
                report.mergedBytes());
    }

    private static List<String> row(Removal removal) {
        return List.of(
                removal.topic().name(),
                removal.topic().id().toString(),
                Integer.toString(removal.partition()),
                removal.cause().name(),
                Integer.toString(removal.paths().size()),
                Long.toString(removal.bytes()),
                Objects.toString(removal.dueAt(), ""),
                removal.obstacle() == null ? "" : removal.obstacle() + ": " + removal.explanation());
    }
}
