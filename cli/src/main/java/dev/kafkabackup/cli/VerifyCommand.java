// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.backup.BackupOptions;
import dev.kafkabackup.cli.options.FilterJarOption;
import dev.kafkabackup.cli.options.OptionalKafkaOptions;
import dev.kafkabackup.cli.options.OutputOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds the check that is asked for. */
@Command(
        name = "verify",
        description = {
            "Checks the backup itself: gaps, names against sizes and footers, metadata and group snapshots; with --deep",
            "every byte and every record; with --live also against Kafka: is every record that it still has in the backup,",
            "and the same. --heal reads what is missing or damaged from Kafka again.",
            "With --restore-id instead: every record of a restored topic, and every entry of its offset map.",
            "The first differences of each partition are named, never their content."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  kafka-backup verify --storage s3://backups/prod --deep",
            "  kafka-backup verify --bootstrap-server localhost:9092 --storage s3://backups/prod --live --heal",
            "  kafka-backup verify --bootstrap-server localhost:9092 --storage s3://backups/prod \\",
            "      --restore-id 20260301-120000-k3f9"
        })
final class VerifyCommand implements Callable<Integer> {

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Option(names = "--topic", paramLabel = "NAME", description = "Only this topic. Default: all, and the groups.")
    private @Nullable String topic;

    @Option(names = "--deep", description = "Read every object whole: checksums, pages, every record.")
    private boolean deep;

    @Option(names = "--live", description = "Compare with what Kafka has now; needs --bootstrap-server.")
    private boolean live;

    @Option(
            names = "--heal",
            description = "Read from Kafka again what is missing or damaged, and say what could not be healed."
                    + " Segments that differ from what Kafka has are replaced, also if they are whole. Implies --live.")
    private boolean heal;

    @Option(
            names = "--group-id",
            paramLabel = "GROUP",
            description = "The backup's own group, which is left out of group snapshots that --heal writes."
                    + " Default: kafka-backup.")
    private String ownGroup = BackupOptions.GROUP_ID.defaultValue();

    @Option(names = "--allow-gaps", description = "A gap that Kafka made before it was read is shown, but no failure.")
    private boolean allowGaps;

    @Option(
            names = "--restore-id",
            paramLabel = "ID",
            description = "Verify this restore instead, as it printed its id; needs --bootstrap-server.")
    private @Nullable String restoreId;

    @Mixin
    private OptionalKafkaOptions kafka = new OptionalKafkaOptions();

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Partitions that are verified at the same time. Default: the cores, at most 4.")
    private int parallelism = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));

    @Mixin
    private FilterJarOption filterJar = new FilterJarOption();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        if (parallelism < 1) {
            throw new UsageException("--parallelism must be 1 or more, but is " + parallelism);
        }
        Optional<KafkaConnection> connection = kafka.connection();
        boolean asksKafka = live || heal;
        if (connection.isEmpty() && (asksKafka || restoreId != null)) {
            throw new UsageException(
                    restoreId == null
                            ? "--live and --heal need --bootstrap-server: the cluster that is backed up"
                            : "--restore-id needs --bootstrap-server: the cluster that was restored into");
        }
        if (restoreId != null && (asksKafka || deep || topic != null)) {
            throw new UsageException("--restore-id verifies a restore: leave out --topic, --deep, --live and --heal");
        }
        storage.initializeFileSystems();
        if (restoreId != null) {
            filterJar.install();
            return RestoreVerification.print(
                            storage.location(), connection.orElseThrow(), restoreId, parallelism, output.json())
                    .code();
        }
        return new BackupCheck(storage.location(), topic, deep, heal, ownGroup, allowGaps, output.json(), parallelism)
                .print(asksKafka ? connection : Optional.empty())
                .code();
    }
}
