// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.backup.BackupConfig;
import dev.kafkabackup.backup.BackupJob;
import dev.kafkabackup.backup.BackupOptions;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.embedded.CheckpointFolder;
import dev.kafkabackup.cli.embedded.EmbeddedFlink;
import dev.kafkabackup.cli.embedded.StopSignal;
import dev.kafkabackup.cli.options.ConfigOptions;
import dev.kafkabackup.cli.options.KafkaOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.storage.PublishMode;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the backup job in this process until it is stopped. */
@Command(
        name = "backup",
        description = {
            "Backs up topics continuously. A record waits for --segment-age or the next checkpoint, whichever comes first.",
            "SIGTERM or Ctrl-C publishes what was read and ends with 0; starting again goes on where it stopped."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  kafka-backup backup --bootstrap-server localhost:9092 --storage s3://backups/prod --include 'orders|payments'"
        })
final class BackupCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            description = "First port to try for Flink's web UI on loopback. Default: ${DEFAULT-VALUE}.")
    private int webPort;

    @Option(
            names = "--stop-timeout",
            paramLabel = "DURATION",
            defaultValue = "60s",
            description = "How long a stop waits until everything is published. Default: ${DEFAULT-VALUE}.")
    private Duration stopTimeout = Duration.ofSeconds(60);

    @Option(
            names = "--checkpoint-dir",
            paramLabel = "URI",
            description =
                    "Folder that keeps Flink's checkpoints: a start after a crash goes on with the newest. Without it every start is without Flink state, which loses nothing either.")
    private @Nullable String checkpointDir;

    @Override
    public Integer call() {
        Configuration options = ConfigOptions.valuesOf(spec.commandLine().getParseResult(), BackupOptions.ALL);
        BackupConfig config = BackupConfig.from(options, kafka.connection(), storage.location());
        if (config.once() && checkpointDir != null) {
            throw new UsageException(
                    "--once and --checkpoint-dir exclude each other: a bounded run asks Kafka where to end at every start");
        }
        Configuration flinkConf = storage.initializeFileSystems();
        CompletableFuture<String> stop = StopSignal.install();
        BackupRoot root = BackupJob.open(config);
        if (stop.isDone()) {
            return ExitCode.DONE.code();
        }
        CheckpointFolder checkpoints = checkpointDir == null
                ? null
                : new CheckpointFolder(
                        StorageLocation.parse(checkpointDir, PublishMode.RENAME).root(),
                        config.storage().toString());
        try (EmbeddedFlink flink = EmbeddedFlink.start(flinkConf, config.parallelism(), webPort, checkpoints)) {
            StreamExecutionEnvironment environment = flink.environment();
            BackupJob.build(environment, config, root);
            EmbeddedFlink.Job job = flink.submit(environment, "Kafka backup to " + config.storage());
            Terminal.note("Backing up cluster %s to %s; web UI: %s", root.clusterId(), config.storage(), flink.webUi());
            if (job.awaitEnd(stop)) {
                Terminal.note("Everything up to the last stable offsets at start is in the backup");
                return ExitCode.DONE.code();
            }
            Terminal.note("Stopping after %s: publishing what was read", stop.join());
            if (job.stop(stopTimeout)) {
                if (checkpoints != null) {
                    checkpoints.clear();
                }
                Terminal.note("Stopped; start again to go on");
                return ExitCode.DONE.code();
            }
            throw new FailedException(
                    "Not everything that was read could be published within --stop-timeout %s: it is not lost, the next start reads it again from Kafka"
                            .formatted(
                                    TimeUtils.formatWithHighestUnit(stopTimeout).replace(" ", "")));
        }
    }
}
