// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.cli.options.OutputOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.group.CommittedOffset;
import dev.kafkabackup.restore.group.CommittedOffsets;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Translates committed offsets through the offset map of a restore, and commits them. */
@Command(
        name = "translate",
        description = {
            "Shows where consumer groups go on after a restore; with --apply commits it for them.",
            "The offsets are the last ones that were committed before the topic was deleted, or the newest if it was not,",
            "or those of --as-of. What a group read after that it may see twice: the table says how much that can be."
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

    @Mixin
    private OutputOptions output = new OutputOptions();

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
        Map<String, GroupCommit.Refusal> refused = apply ? commit(plan, offsets) : Map.of();
        TranslatedGroups result = TranslatedGroups.of(restoreId, offsets, apply, refused);
        if (output.json()) {
            Terminal.result(result);
        } else {
            result.print();
        }
        refused.forEach((name, refusal) -> Terminal.note(
                "Group %s was %s: %s",
                name, refusal.whole() ? "left alone" : "committed only in part", refusal.reason()));
        if (!apply) {
            Terminal.note("Nothing was committed; add --apply to commit");
        }
        return (refused.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED).code();
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
        try {
            OffsetMap map = new OffsetMapStore(backup, BackupLayout.restore(restoreId)).read();
            List<CommittedOffset> committed = new CommittedOffsets(backup)
                    .of(plan, asOf).stream()
                            .filter(offset -> group == null
                                    || group.equals(offset.offset().group()))
                            .toList();
            return new GroupTranslation(plan, map).translate(committed);
        } catch (IOException e) {
            throw unreadable(backup, e);
        }
    }

    private Map<String, GroupCommit.Refusal> commit(RestorePlan plan, List<TranslatedOffset> offsets) {
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
            return new GroupCommit(kafka, admin, plan).commit(offsets);
        }
    }
}
