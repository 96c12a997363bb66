// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keeps all that the backup has of a topic until it is released. */
@Command(
        name = "hold",
        description = {
            "Keeps everything that the backup has of a topic until 'release', whatever Kafka removes.",
            "Works without a running job, and is honoured within one maintenance cycle."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  kafka-backup hold orders --storage s3://backups/prod --reason 'wrong data since Monday, see the incident'"
        })
final class HoldCommand implements Callable<Integer> {

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Parameters(paramLabel = "TOPIC", description = "Name of the topic.")
    private String topic = "";

    @Option(
            names = "--topic-id",
            paramLabel = "ID",
            description = "Hold this incarnation only. Default: all of the name, also those to come.")
    private @Nullable String topicId;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Shown wherever the hold is.")
    private String reason = "held by an operator";

    @Override
    public Integer call() {
        storage.initializeFileSystems();
        try (BackupStorage backup = storage.location().open()) {
            BackupRoot.require(backup);
            List<TopicIncarnation> incarnations = new Catalog(backup).incarnations(topic);
            @Nullable Uuid id = topicId == null ? null : parse(topicId);
            if (incarnations.isEmpty()
                    || (id != null
                            && incarnations.stream()
                                    .noneMatch(known -> known.id().equals(id)))) {
                throw new UsageException("Topic %s%s is not in the backup in %s; 'topics' lists what is there"
                        .formatted(topic, id == null ? "" : " with ID " + id, backup.root()));
            }
            new HoldStore(backup).place(new Hold(UUID.randomUUID().toString(), topic, id, Instant.now(), reason, null));
            Terminal.note("Topic %s is held; 'release %s' ends that", topic, topic);
            return ExitCode.DONE.code();
        } catch (IOException e) {
            throw new FailedException("Topic %s cannot be held: %s".formatted(topic, e.getMessage()), e);
        }
    }

    private static Uuid parse(String text) {
        try {
            return Uuid.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--topic-id must be a topic ID, but is '%s'".formatted(text), e);
        }
    }
}
