// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends what {@link HoldCommand} began. */
@Command(
        name = "release",
        description = {
            "Releases a topic from all holds that operators placed: what is due is removed by the next maintenance cycle.",
            "The hold of a running restore ends with the restore."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  kafka-backup release orders --storage s3://backups/prod"})
final class ReleaseCommand implements Callable<Integer> {

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Parameters(paramLabel = "TOPIC", description = "Name of the topic.")
    private String topic = "";

    @Override
    public Integer call() {
        storage.initializeFileSystems();
        try (BackupStorage backup = storage.location().open()) {
            BackupRoot.require(backup);
            HoldStore holds = new HoldStore(backup);
            List<Hold> placed = holds.all(topic).stream()
                    .filter(hold -> hold.restoreId() == null)
                    .toList();
            if (placed.isEmpty()) {
                throw new FailedException("Topic %s is not held in %s".formatted(topic, backup.root()));
            }
            for (Hold hold : placed) {
                holds.release(hold);
                Terminal.note("Released topic %s, held since %s: %s", topic, hold.createdAt(), hold.reason());
            }
            return ExitCode.DONE.code();
        } catch (IOException e) {
            throw new FailedException("Topic %s cannot be released: %s".formatted(topic, e.getMessage()), e);
        }
    }
}
