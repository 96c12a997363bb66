// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.group.GroupOffsets;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.group.GroupCommit;
import dev.kafkabackup.restore.group.GroupTranslation;
import dev.kafkabackup.restore.group.TranslatedOffset;
import dev.kafkabackup.restore.plan.PlanStore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.report.ReportStore;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Translates committed offsets through the offset map of a restore, and commits them. */
@Command(
        name = "translate",
        description = {
            "Shows where consumer groups go on after a restore; with --apply commits it for them.",
            "The offsets are the last ones that were committed before the topic was deleted, or at --as-of."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  kafka-backup groups translate --storage s3://backups/prod --restore-id 20260301-120000-k3f9 \\",
            "      --bootstrap-server localhost:9092 --apply"
        })
final class GroupsTranslateCommand implements Callable<Integer> {

    @ParentCommand
    private GroupsCommand groups = new GroupsCommand();

    @Option(names = "--restore-id", required = true, paramLabel = "ID", description = "The restore, as it printed it.")
    private String restoreId = "";

    @Option(names = "--group", paramLabel = "GROUP", description = "Only this group. Default: all.")
    private @Nullable String group;

    @Option(
            names = "--as-of",
            paramLabel = "T",
            description =
                    "Take what was committed at this moment: ISO-8601 instant or epoch ms. Default: the last known.")
    private @Nullable Instant asOf;

    @Option(names = "--apply", description = "Commit the new offsets; groups with active members are refused.")
    private boolean apply;

    @Option(names = "--bootstrap-server", paramLabel = "HOST:PORT", description = "Kafka broker; needed with --apply.")
    private @Nullable String bootstrapServer;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Properties file with further client settings.")
    private @Nullable Path commandConfig;

    @Override
    public Integer call() {
        StorageOptions storage = groups.storage();
        storage.initializeFileSystems();
        RestorePlan plan;
        List<TranslatedOffset> offsets;
        try (BackupStorage backup = storage.location().open()) {
            BackupRoot.require(backup);
            plan = finishedRestore(backup);
            offsets = translate(backup, plan);
        }
        Map<String, Optional<String>> refused = apply ? commit(plan, offsets) : Map.of();
        print(offsets, refused);
        List<String> reasons = new ArrayList<>();
        refused.forEach(
                (name, reason) -> reason.ifPresent(why -> reasons.add("Group " + name + " was left alone: " + why)));
        reasons.forEach(reason -> Terminal.note("%s", reason));
        if (!apply) {
            Terminal.note("Nothing was committed; add --apply to commit");
        }
        return (reasons.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED).code();
    }

    private RestorePlan finishedRestore(BackupStorage backup) {
        try {
            RestorePlan plan = new PlanStore(backup).read(restoreId);
            if (!new ReportStore(backup).exists(restoreId)) {
                throw new RefusedException(
                        "Restore %s in %s is not finished (it has no report), so its offset map may lack records: check --restore-id"
                                .formatted(restoreId, backup.root()));
            }
            return plan;
        } catch (IOException e) {
            throw unreadable(backup, e);
        }
    }

    private FailedException unreadable(BackupStorage backup, IOException e) {
        return new FailedException(
                "Restore %s in %s cannot be read: %s".formatted(restoreId, backup.root(), e.getMessage()), e);
    }

    private List<TranslatedOffset> translate(BackupStorage backup, RestorePlan plan) {
        GroupOffsets offsets = GroupsCommand.read(backup, asOf);
        try {
            OffsetMap map = new OffsetMapStore(backup, BackupLayout.restore(restoreId)).read();
            return new GroupTranslation(plan, map)
                    .translate(offsets).stream()
                            .filter(offset -> group == null
                                    || group.equals(offset.committed().group()))
                            .toList();
        } catch (IOException e) {
            throw unreadable(backup, e);
        }
    }

    private Map<String, Optional<String>> commit(RestorePlan plan, List<TranslatedOffset> offsets) {
        if (bootstrapServer == null) {
            throw new UsageException("--apply needs --bootstrap-server: where the groups are");
        }
        KafkaConnection kafka = commandConfig == null
                ? new KafkaConnection(bootstrapServer, Map.of())
                : KafkaConnection.of(bootstrapServer, commandConfig);
        try (Admin admin = kafka.admin("kafka-backup-groups")) {
            String clusterId = kafka.clusterId(admin);
            if (!clusterId.equals(plan.targetClusterId())) {
                throw new RefusedException(
                        "Restore %s went to the Kafka cluster %s, but %s is cluster %s: check --bootstrap-server"
                                .formatted(restoreId, plan.targetClusterId(), kafka, clusterId));
            }
            return new GroupCommit(admin).commit(offsets);
        }
    }

    private void print(List<TranslatedOffset> offsets, Map<String, Optional<String>> refused) {
        List<List<String>> rows = new ArrayList<>();
        for (TranslatedOffset offset : offsets) {
            boolean restored = offset.target().isPresent();
            boolean left = refused.getOrDefault(offset.committed().group(), Optional.empty())
                    .isPresent();
            rows.add(List.of(
                    offset.committed().group(),
                    offset.committed().topic(),
                    Integer.toString(offset.committed().partition()),
                    Long.toString(offset.committed().offset()),
                    offset.target().map(target -> target.partition().topic()).orElse(""),
                    offset.target()
                            .map(target -> Long.toString(target.offset()))
                            .orElse(""),
                    restored ? Long.toString(offset.recordsToGo()) : "",
                    restored ? (apply ? (left ? "refused" : "committed") : "translated") : "not restored"));
        }
        Table.print(List.of("GROUP", "TOPIC", "PARTITION", "OFFSET", "TARGET", "NEW OFFSET", "TO GO", "STATE"), rows);
    }
}
