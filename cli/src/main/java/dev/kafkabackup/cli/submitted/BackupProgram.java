// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.submitted;

import dev.kafkabackup.backup.BackupConfig;
import dev.kafkabackup.backup.BackupJob;
import dev.kafkabackup.backup.BackupOptions;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.flink.FlinkJob;
import dev.kafkabackup.cli.options.ConfigOptions;
import dev.kafkabackup.cli.options.KafkaOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The main class of {@code backup-job.jar}. */
@Command(
        name = "backup-job.jar",
        description = "Backs up topics continuously, as a job of the Flink cluster that it is submitted to.",
        mixinStandardHelpOptions = true)
public final class BackupProgram implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(BackupProgram.class);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private StorageOptions storage = new StorageOptions();

    private BackupProgram() {}

    /** Submits the job; the arguments are those of {@code kafka-backup backup}. */
    public static void main(String[] arguments) throws Exception {
        CommandLine commandLine = new CommandLine(new BackupProgram());
        ConfigOptions.addTo(commandLine, BackupOptions.ALL);
        Program.run(commandLine, arguments);
    }

    @Override
    public Integer call() {
        SubmittedChoice choice = new SubmittedChoice();
        choice.initialize(storage);
        try (SubmittedFlink flink = new SubmittedFlink()) {
            StreamExecutionEnvironment environment = flink.environment();
            Configuration options = ConfigOptions.valuesOf(spec.commandLine().getParseResult(), BackupOptions.ALL);
            ConfigOptions.setUnlessGiven(options, BackupOptions.PARALLELISM, choice.defaultParallelism());
            ConfigOptions.setCheckpointInterval(
                    options, BackupOptions.CHECKPOINT_INTERVAL, environment.getConfiguration());
            BackupConfig config = BackupConfig.from(options, kafka.connection(), storage.location());
            BackupRoot root = BackupJob.open(config);
            BackupJob.build(environment, config, root);
            FlinkJob job = flink.submit(environment, BackupJob.name(config), List.of());
            LOG.info("Backing up cluster {} to {} as job {}", root.clusterId(), config.storage(), job.id());
            if (choice.follows()) {
                job.awaitEnd(choice.stopSignal());
            }
            return ExitCode.DONE.code();
        }
    }
}
