// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.options.OutputOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.group.GroupChange;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupOffsets;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the committed offsets that the backup holds. */
@Command(
        name = "groups",
        description = {
            "Shows the committed offsets of consumer groups in the backup, now or as of a moment, or how they changed. A",
            "snapshot that cannot be read is named, the rest is shown."
        },
        subcommands = GroupsTranslateCommand.class,
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  kafka-backup groups --storage s3://backups/prod --as-of 2026-03-01T12:00:00Z",
            "  kafka-backup groups --storage s3://backups/prod --group billing --history --from 2026-03-01T12:00:00Z"
        })
final class GroupsCommand implements Callable<Integer> {

    private static final Duration DEFAULT_HISTORY = Duration.ofDays(1);

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

    @Option(
            names = "--history",
            description =
                    "Show how committed offsets changed instead: what was known at --from, and each change after it.")
    private boolean history;

    @Option(names = "--from", paramLabel = "T", description = "With --history: since when. Default: a day before --to.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "T", description = "With --history: until when. Default: now.")
    private @Nullable Instant to;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        if (history ? asOf != null : from != null || to != null) {
            throw new UsageException(
                    history
                            ? "--history goes from --from to --to: leave out --as-of"
                            : "--from and --to need --history");
        }
        storage.initializeFileSystems();
        try (BackupStorage backup = storage.location().open()) {
            BackupRoot.require(backup);
            List<String> unreadable = new ArrayList<>();
            Consumer<CorruptDataException> tell = e -> unreadable.add(String.valueOf(e.getMessage()));
            if (history) {
                printHistory(new GroupHistory(backup), tell);
            } else {
                printOffsets(new GroupHistory(backup), tell);
            }
            unreadable.forEach(line -> Terminal.note(
                    "kafka-backup: %s; offsets behind it may be older than they were, until the next full snapshot",
                    line));
            return (unreadable.isEmpty() ? ExitCode.DONE : ExitCode.FAILED).code();
        } catch (IOException e) {
            throw new FailedException(
                    "The group snapshots in %s cannot be read: %s".formatted(storage.location(), e.getMessage()), e);
        }
    }

    private void printOffsets(GroupHistory snapshots, Consumer<CorruptDataException> unreadable) throws IOException {
        GroupOffsets offsets = snapshots.asOf(asOf == null ? Instant.MAX : asOf, unreadable);
        List<GroupOffset> wanted = offsets.all().stream().filter(this::isWanted).toList();
        if (output.json()) {
            Terminal.result(new Listing(offsets.asOf(), wanted));
        } else {
            Table.print(
                    List.of("GROUP", "TOPIC", "TOPIC ID", "PARTITION", "OFFSET"),
                    wanted.stream().map(GroupsCommand::cells).toList());
        }
    }

    private void printHistory(GroupHistory snapshots, Consumer<CorruptDataException> unreadable) throws IOException {
        Instant end = to == null ? Instant.now() : to;
        Instant begin = from == null ? end.minus(DEFAULT_HISTORY) : from;
        if (!begin.isBefore(end)) {
            throw new UsageException("--from must be before --to, but is " + begin);
        }
        List<GroupChange> changes = snapshots.changes(begin, end, unreadable).stream()
                .filter(change -> isWanted(change.offset()))
                .toList();
        if (output.json()) {
            Terminal.result(new History(begin, end, changes));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (GroupChange change : changes) {
            List<String> row = new ArrayList<>(List.of(change.at().toString()));
            row.addAll(cells(change.offset()));
            if (change.givenUp()) {
                row.set(row.size() - 1, "given up");
            }
            rows.add(row);
        }
        Table.print(List.of("SEEN AT", "GROUP", "TOPIC", "TOPIC ID", "PARTITION", "OFFSET"), rows);
    }

    private boolean isWanted(GroupOffset offset) {
        return group == null || group.equals(offset.group());
    }

    private static List<String> cells(GroupOffset offset) {
        return List.of(
                offset.group(),
                offset.topic(),
                offset.topicId().toString(),
                Integer.toString(offset.partition()),
                Long.toString(offset.offset()));
    }

    StorageOptions storage() {
        return storage;
    }

    /** As JSON: when the newest entry of the history was written, and what was committed then. */
    record Listing(Instant asOf, List<GroupOffset> offsets) {}

    /** As JSON: the changes of a time. */
    record History(Instant from, Instant to, List<GroupChange> changes) {}
}
