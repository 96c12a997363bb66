// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.options.FilterJarOption;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds the check that is asked for. */
@Command(
        name = "verify",
        description = {
            "Checks that a restored topic holds what the backup holds: with --restore-id, every record that was to be",
            "restored is read back and compared with the backup, and so is every entry of the offset map.",
            "The first difference of each partition is named, never its content."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  kafka-backup verify --bootstrap-server localhost:9092 --storage s3://backups/prod \\\\",
            "      --restore-id 20260301-120000-k3f9"
        })
final class VerifyCommand implements Callable<Integer> {

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Option(names = "--restore-id", paramLabel = "ID", description = "The restore to verify, as it printed it.")
    private @Nullable String restoreId;

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            description = "Kafka broker of the cluster that was restored into; needed with --restore-id.")
    private @Nullable String bootstrapServer;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Properties file with further client settings.")
    private @Nullable Path commandConfig;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Partitions that are compared at the same time. Default: the cores, at most 4.")
    private int parallelism = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));

    @Mixin
    private FilterJarOption filterJar = new FilterJarOption();

    @Override
    public Integer call() {
        if (restoreId == null) {
            throw new UsageException("verify needs --restore-id: which restore is to be verified");
        }
        if (bootstrapServer == null) {
            throw new UsageException("--restore-id needs --bootstrap-server: the cluster that was restored into");
        }
        if (parallelism < 1) {
            throw new UsageException("--parallelism must be 1 or more, but is " + parallelism);
        }
        KafkaConnection kafka = commandConfig == null
                ? new KafkaConnection(bootstrapServer, Map.of())
                : KafkaConnection.of(bootstrapServer, commandConfig);
        storage.initializeFileSystems();
        filterJar.install();
        return RestoreVerification.print(storage.location(), kafka, restoreId, parallelism)
                .code();
    }
}
