// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.backup.BackupConfig;
import dev.kafkabackup.backup.BackupJob;
import dev.kafkabackup.backup.BackupOptions;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.embedded.CheckpointFolder;
import dev.kafkabackup.cli.embedded.EmbeddedFlink;
import dev.kafkabackup.cli.flink.Flink;
import dev.kafkabackup.cli.flink.FlinkJob;
import dev.kafkabackup.cli.options.ConfigOptions;
import dev.kafkabackup.cli.options.FlinkOptions;
import dev.kafkabackup.cli.options.KafkaOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.storage.PublishMode;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import java.util.List;
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

/** Runs the backup job until it is stopped, in this process or on a cluster. */
@Command(
        name = "backup",
        description = {
            "Backs up topics continuously. A record waits for --segment-age or the next checkpoint, whichever comes first.",
            "SIGTERM or Ctrl-C publishes what was read and ends with 0; starting again goes on where it stopped.",
            "With --flink the job runs on a cluster, and goes on there when this command ends."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  kafka-backup backup --bootstrap-server localhost:9092 --storage s3://backups/prod --include 'orders|payments'"
        })
final class BackupCommand implements Callable<Integer> {

    private static final String JOB_JAR = "backup-job.jar";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Mixin
    private FlinkOptions flinkOptions = new FlinkOptions();

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
        Configuration flinkConf = flinkOptions.initialize(storage);
        Configuration options = ConfigOptions.valuesOf(spec.commandLine().getParseResult(), BackupOptions.ALL);
        ConfigOptions.setCheckpointInterval(options, BackupOptions.CHECKPOINT_INTERVAL, flinkConf);
        BackupConfig config = BackupConfig.from(options, kafka.connection(), storage.location());
        return flinkOptions.isEmbedded() ? runEmbedded(config, flinkConf) : runOnCluster(config, flinkConf);
    }

    private int runOnCluster(BackupConfig config, Configuration flinkConf) {
        if (checkpointDir != null) {
            throw new UsageException(
                    "--checkpoint-dir and --flink exclude each other: the cluster's own configuration says where checkpoints are");
        }
        CompletableFuture<String> stop = flinkOptions.stopSignal();
        try (Flink flink = flinkOptions.start(flinkConf, config.parallelism(), JOB_JAR)) {
            BackupRoot root = BackupJob.open(config);
            StreamExecutionEnvironment environment = flink.environment();
            BackupJob.build(environment, config, root);
            FlinkJob job = flink.submit(environment, BackupJob.name(config), List.of());
            Terminal.note(
                    "Backing up cluster %s to %s as job %s%s",
                    root.clusterId(),
                    config.storage(),
                    job.id(),
                    flink.webUi().map(uri -> "; web UI: " + uri).orElse(""));
            if (!flinkOptions.follows()) {
                Terminal.result(job.id());
                return ExitCode.DONE.code();
            }
            if (job.awaitEnd(stop)) {
                Terminal.note(
                        config.once()
                                ? "Everything up to the last stable offsets at start is in the backup"
                                : "The job has ended");
                return ExitCode.DONE.code();
            }
            Terminal.note("The job goes on on the cluster; stop it there, with 'flink stop %s' for example", job.id());
            return ExitCode.DONE.code();
        }
    }

    private int runEmbedded(BackupConfig config, Configuration flinkConf) {
        if (config.once() && checkpointDir != null) {
            throw new UsageException(
                    "--once and --checkpoint-dir exclude each other: a bounded run asks Kafka where to end at every start");
        }
        CompletableFuture<String> stop = flinkOptions.stopSignal();
        BackupRoot root = BackupJob.open(config);
        if (stop.isDone()) {
            return ExitCode.DONE.code();
        }
        CheckpointFolder checkpoints = checkpointDir == null
                ? null
                : new CheckpointFolder(
                        StorageLocation.parse(checkpointDir, PublishMode.RENAME).root(),
                        config.storage().toString());
        try (EmbeddedFlink flink = flinkOptions.startEmbedded(flinkConf, config.parallelism(), checkpoints)) {
            StreamExecutionEnvironment environment = flink.environment();
            BackupJob.build(environment, config, root);
            EmbeddedFlink.Job job = flink.submit(environment, BackupJob.name(config), List.of());
            Terminal.note(
                    "Backing up cluster %s to %s; web UI: %s",
                    root.clusterId(), config.storage(), flink.webUiAddress());
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
