// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.embedded.EmbeddedFlink;
import dev.kafkabackup.cli.embedded.StopSignal;
import dev.kafkabackup.cli.options.KafkaOptions;
import dev.kafkabackup.cli.options.SelectionOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.RestoreConfig;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.report.PartitionReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.report.TopicReport;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plans a restore, checks the target, runs the restore job in this process and reports. */
@Command(
        name = "restore",
        description = {
            "Restores topics from the backup, each partition in its order, exactly once, and writes an offset map.",
            "A target topic that is missing is created; one that holds records is refused."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  kafka-backup restore --bootstrap-server localhost:9092 --storage s3://backups/prod --topic orders --dry-run"
        })
final class RestoreCommand implements Callable<Integer> {

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Option(
            names = "--on-corrupt",
            paramLabel = "stop|skip",
            description =
                    "What to do about damaged parts of the backup: end before what lies behind them, or go on without them and report the loss. Default: stop.")
    private OnCorrupt onCorrupt = OnCorrupt.STOP;

    @Option(names = "--dry-run", description = "Print the plan and end; nothing is written anywhere.")
    private boolean dryRun;

    @Option(
            names = "--output",
            paramLabel = "table|json",
            description = "How the plan (with --dry-run) or the report is printed. Default: table.")
    private OutputFormat output = OutputFormat.TABLE;

    @Option(
            names = "--restore-id",
            paramLabel = "ID",
            description = "Names the restore. Default: the time and four characters, printed first.")
    private @Nullable String restoreId;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Partitions that are restored at the same time. Default: the cores, at most 4.")
    private int parallelism = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "DURATION",
            defaultValue = "10s",
            description = "How often transactions are committed. Default: ${DEFAULT-VALUE}.")
    private Duration checkpointInterval = RestoreConfig.DEFAULT_CHECKPOINT_INTERVAL;

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            description = "First port to try for Flink's web UI on loopback. Default: ${DEFAULT-VALUE}.")
    private int webPort;

    @Override
    public Integer call() {
        List<URI> filterJars = selection.filterJars();
        String id = restoreId == null ? RestoreConfig.newRestoreId(Instant.now()) : restoreId;
        RestoreConfig config =
                new RestoreConfig(storage.location(), kafka.connection(), id, parallelism, checkpointInterval);
        Configuration flinkConf = storage.initializeFileSystems();
        Terminal.note("Restore id: %s", id);
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.plan(selection.selections(restore::topics), onCorrupt);
            if (dryRun || output == OutputFormat.TABLE) {
                PlanView.of(plan, restore.targetStates(plan), parallelism).print(output);
            }
            if (dryRun) {
                plan.requireUndamaged();
                Terminal.note("Dry run: nothing was written");
                return ExitCode.DONE.code();
            }
            return run(restore, restore.prepare(plan), flinkConf, filterJars);
        }
    }

    private int run(Restore restore, RestorePlan plan, Configuration flinkConf, List<URI> filterJars) {
        CompletableFuture<String> stop = StopSignal.install();
        Instant startedAt = Instant.now();
        try (EmbeddedFlink flink = EmbeddedFlink.start(flinkConf, parallelism, webPort)) {
            StreamExecutionEnvironment environment = flink.environment();
            restore.build(environment, plan);
            EmbeddedFlink.Job job = flink.submit(environment, "Kafka restore " + plan.restoreId(), filterJars);
            Terminal.note("Restoring %d records at most; web UI: %s", plan.recordsAtMost(), flink.webUi());
            if (!job.awaitEnd(stop)) {
                Terminal.note(
                        "Stopped by %s before the restore was complete: the target holds a part of the records; delete it and restore again",
                        stop.join());
                return ExitCode.FAILED.code();
            }
        }
        print(restore.finish(plan, startedAt));
        return ExitCode.DONE.code();
    }

    private void print(RestoreReport report) {
        if (output == OutputFormat.JSON) {
            Terminal.result(new String(Json.write(report), StandardCharsets.UTF_8));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (TopicReport topic : report.topics()) {
            for (PartitionReport partition : topic.partitions()) {
                rows.add(List.of(
                        topic.target(),
                        Integer.toString(partition.partition()),
                        Long.toString(partition.records()),
                        range(partition.firstSourceOffset(), partition.lastSourceOffset()),
                        range(partition.firstTargetOffset(), partition.lastTargetOffset())));
            }
        }
        Table.print(List.of("TARGET", "PARTITION", "RECORDS", "SOURCE OFFSETS", "TARGET OFFSETS"), rows);
        double seconds = Math.max(
                0.001, Duration.between(report.startedAt(), report.endedAt()).toMillis() / 1_000.0);
        Terminal.note(
                "Restored %d records in %.1f s; offset map and report are in restores/%s of the backup",
                report.records(), seconds, report.restoreId());
        report.skipped().forEach(damage -> Terminal.note("Skipped: %s", damage));
    }

    private static String range(@Nullable Long first, @Nullable Long last) {
        return first == null || last == null ? "" : first + " - " + last;
    }
}
