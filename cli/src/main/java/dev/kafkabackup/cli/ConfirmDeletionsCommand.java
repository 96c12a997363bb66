// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says that topics were deleted on purpose, even if many at once. */
@Command(
        name = "confirm-deletions",
        description = {
            "Confirms that the topics which are deleted in Kafka were deleted on purpose: they leave the backup when their",
            "grace ends, even if so many vanished at once that it looked like an accident."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  kafka-backup confirm-deletions --storage s3://backups/prod --dry-run"})
final class ConfirmDeletionsCommand implements Callable<Integer> {

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Option(names = "--dry-run", description = "Only list the topics that would be confirmed.")
    private boolean dryRun;

    @Override
    public Integer call() {
        storage.initializeFileSystems();
        try (BackupStorage backup = storage.location().open()) {
            BackupRoot.require(backup);
            List<TopicMetadata> deleted = unconfirmed(backup);
            Table.print(
                    List.of("TOPIC", "TOPIC ID", "DELETED AT"),
                    deleted.stream()
                            .map(topic -> List.of(
                                    topic.name(),
                                    topic.id().toString(),
                                    topic.observedAt().toString()))
                            .toList());
            RetentionStore retention = new RetentionStore(backup);
            if (!dryRun) {
                for (TopicMetadata topic : deleted) {
                    retention.confirmDeletion(topic.incarnation(), Instant.now());
                }
            }
            Terminal.note(dryRun ? "%d deletions would be confirmed" : "%d deletions confirmed", deleted.size());
            return ExitCode.DONE.code();
        } catch (IOException e) {
            throw new FailedException("Deletions cannot be confirmed: " + e.getMessage(), e);
        }
    }

    /** Deleted topics of which the backup has more than a tombstone. */
    private static List<TopicMetadata> unconfirmed(BackupStorage backup) throws IOException {
        Catalog catalog = new Catalog(backup);
        TopicMetadataStore metadata = new TopicMetadataStore(backup);
        RetentionStore retention = new RetentionStore(backup);
        List<TopicMetadata> unconfirmed = new ArrayList<>();
        for (String name : catalog.topics()) {
            for (TopicIncarnation topic : catalog.incarnations(name)) {
                Optional<TopicMetadata> latest =
                        metadata.latest(topic).filter(state -> state.state() == TopicState.DELETED);
                if (latest.isPresent()
                        && !catalog.partitions(topic).isEmpty()
                        && !retention.read(topic).deletionConfirmed()) {
                    unconfirmed.add(latest.get());
                }
            }
        }
        return unconfirmed;
    }
}
