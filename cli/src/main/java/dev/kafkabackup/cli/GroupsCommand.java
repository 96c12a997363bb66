// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.options.OutputOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupOffsets;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the committed offsets that the backup holds. */
@Command(
        name = "groups",
        description = "Shows the committed offsets of consumer groups in the backup, now or as of a moment.",
        subcommands = GroupsTranslateCommand.class,
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  kafka-backup groups --storage s3://backups/prod --as-of 2026-03-01T12:00:00Z"})
final class GroupsCommand implements Callable<Integer> {

    /** Also those of the subcommand. */
    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Option(
            names = "--as-of",
            paramLabel = "T",
            description = "Show what was committed at this moment: ISO-8601 instant or epoch ms. Default: now.")
    private @Nullable Instant asOf;

    @Option(names = "--group", paramLabel = "GROUP", description = "Only this group.")
    private @Nullable String group;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        storage.initializeFileSystems();
        try (BackupStorage backup = storage.location().open()) {
            BackupRoot.require(backup);
            GroupOffsets offsets = read(backup, asOf);
            List<GroupOffset> wanted = offsets.all().stream()
                    .filter(offset -> group == null || group.equals(offset.group()))
                    .toList();
            if (output.json()) {
                Terminal.result(new Listing(offsets.asOf(), wanted));
            } else {
                print(wanted);
            }
        }
        return ExitCode.DONE.code();
    }

    private static void print(List<GroupOffset> offsets) {
        List<List<String>> rows = new ArrayList<>();
        for (GroupOffset offset : offsets) {
            rows.add(List.of(
                    offset.group(),
                    offset.topic(),
                    offset.topicId().toString(),
                    Integer.toString(offset.partition()),
                    Long.toString(offset.offset())));
        }
        Table.print(List.of("GROUP", "TOPIC", "TOPIC ID", "PARTITION", "OFFSET"), rows);
    }

    StorageOptions storage() {
        return storage;
    }

    private static GroupOffsets read(BackupStorage backup, @Nullable Instant asOf) {
        try {
            return new GroupHistory(backup).asOf(asOf == null ? Instant.MAX : asOf);
        } catch (IOException e) {
            throw new FailedException(
                    "The group snapshots in " + backup.root() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** As JSON: when the newest entry of the history was written, and what was committed then. */
    record Listing(Instant asOf, List<GroupOffset> offsets) {}
}
