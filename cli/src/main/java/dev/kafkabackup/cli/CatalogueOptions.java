// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.options.ConfigOptions;
import dev.kafkabackup.cli.options.OptionalKafkaOptions;
import dev.kafkabackup.cli.options.OutputOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.config.CheckedOptions;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.inspection.catalogue.BackupCatalogue;
import dev.kafkabackup.inspection.catalogue.IncarnationView;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.maintenance.MaintenanceOptions;
import dev.kafkabackup.retention.MaintenanceOutcome;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands that show the catalogue ask for, and how they read it. */
final class CatalogueOptions {

    /** The backup job's settings that say what expires when; those of the job are not known to the storage. */
    static final List<ConfigOption<?>> OPTIONS =
            List.of(MaintenanceOptions.RETENTION_GRACE, MaintenanceOptions.DELETED_TOPIC_GRACE);

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Mixin
    private OptionalKafkaOptions kafka = new OptionalKafkaOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    boolean json() {
        return output.json();
    }

    boolean asksKafka() {
        return kafka.connection().isPresent();
    }

    /** What one look at the backup has shown. */
    record Read(
            String root,
            BackupRoot backup,
            List<IncarnationView> topics,
            @Nullable MaintenanceOutcome maintenance) {

        boolean hasProblems() {
            return topics.stream().anyMatch(topic -> !topic.problems().isEmpty());
        }

        void printProblems() {
            topics.stream()
                    .flatMap(topic -> topic.problems().stream())
                    .forEach(problem -> Terminal.note("kafka-backup: %s", problem));
        }
    }

    /**
     * Reads the catalogue.
     *
     * @param only the only topic that is wanted; null for all
     */
    Read read(CommandSpec spec, @Nullable String only) {
        CheckedOptions options =
                new CheckedOptions(ConfigOptions.valuesOf(spec.commandLine().getParseResult(), OPTIONS));
        @Nullable Duration retentionGrace = options.durationOrNever(MaintenanceOptions.RETENTION_GRACE);
        @Nullable Duration deletedTopicGrace = options.durationOrNever(MaintenanceOptions.DELETED_TOPIC_GRACE);
        storage.initializeFileSystems();
        Optional<KafkaConnection> connection = kafka.connection();
        try (BackupStorage backup = storage.location().open()) {
            BackupRoot root = BackupRoot.require(backup);
            try (@Nullable
                            LiveTopics live = connection
                                    .map(server -> new LiveTopics(server, root.clusterId()))
                                    .orElse(null);
                    BackupCatalogue catalogue =
                            new BackupCatalogue(backup, retentionGrace, deletedTopicGrace, live, only != null)) {
                return new Read(
                        backup.root(),
                        root,
                        catalogue.incarnations(only == null ? catalogue.topics() : List.of(only)),
                        MaintenanceOutcome.last(backup).orElse(null));
            }
        } catch (IOException e) {
            throw new FailedException(
                    "The backup in %s cannot be listed: %s".formatted(storage.location(), e.getMessage()), e);
        }
    }
}
