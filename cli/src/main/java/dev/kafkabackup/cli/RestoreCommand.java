// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.embedded.EmbeddedFlink;
import dev.kafkabackup.cli.embedded.StopSignal;
import dev.kafkabackup.cli.options.KafkaOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.RestoreConfig;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.PlannedSource;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.report.PartitionReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.report.TopicReport;
import dev.kafkabackup.restore.resume.Progress;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plans a restore, checks the target, runs the restore job in this process and reports. */
@Command(
        name = "restore",
        description = {
            "Restores topics from the backup, each partition in its order, exactly once, and writes an offset map.",
            "A target topic that is missing is created; one that holds records is refused.",
            "A restore that was stopped or killed goes on where it was when it is started again with its --restore-id."
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

    @Option(
            names = "--topic",
            paramLabel = "NAME[=TARGET]",
            description =
                    "Topic in the backup, and the name to restore it under if that is another one. May be repeated. Not needed to go on with a restore.")
    private List<String> topics = List.of();

    @Option(
            names = "--topic-id",
            paramLabel = "ID",
            description = "Incarnation to restore, for one --topic. Default: the newest one with records in the range.")
    private @Nullable String topicId;

    @Option(
            names = "--partitions",
            paramLabel = "LIST",
            description = "Only these partitions, for example 0,2-5. Default: all.")
    private @Nullable PartitionList partitions;

    @Option(
            names = "--from",
            paramLabel = "T",
            description = "Only records with this timestamp or a later one: ISO-8601 instant or epoch ms.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "T", description = "Only records with a timestamp before this one.")
    private @Nullable Instant to;

    @Option(names = "--dry-run", description = "Print the plan and end; nothing is written anywhere.")
    private boolean dryRun;

    @Option(
            names = "--restore-id",
            paramLabel = "ID",
            description =
                    "Names the restore; one that was begun goes on. Default: the time and four characters, printed first.")
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
    public Integer call() throws Exception {
        String id = restoreId == null ? RestoreConfig.newRestoreId(Instant.now()) : restoreId;
        RestoreConfig config =
                new RestoreConfig(storage.location(), kafka.connection(), id, parallelism, checkpointInterval);
        List<RestoreSelection> selections = selections();
        Configuration flinkConf = storage.initializeFileSystems();
        Terminal.note("Restore id: %s", id);
        try (Restore restore = Restore.open(config)) {
            Optional<RestorePlan> begun = restoreId == null ? Optional.empty() : restore.begun();
            return begun.isPresent() ? goOn(restore, begun.get(), flinkConf) : begin(restore, selections, flinkConf);
        }
    }

    private int begin(Restore restore, List<RestoreSelection> selections, Configuration flinkConf) throws Exception {
        if (selections.isEmpty()) {
            throw new UsageException(
                    restoreId == null
                            ? "Missing required option: '--topic=NAME[=TARGET]'"
                            : "Restore " + restoreId
                                    + " was not begun yet: say what to restore, with --topic NAME[=TARGET], or check --restore-id");
        }
        RestorePlan plan = restore.plan(selections);
        print(plan);
        if (dryRun) {
            Terminal.note("Dry run: nothing was written");
            return ExitCode.DONE.code();
        }
        RestorePlan prepared = restore.prepare(plan);
        Terminal.note("Restoring %d records at most", prepared.recordsAtMost());
        return run(restore, prepared, flinkConf);
    }

    private int goOn(Restore restore, RestorePlan plan, Configuration flinkConf) throws Exception {
        Optional<RestoreReport> report = restore.finished();
        if (report.isPresent()) {
            print(report.get());
            Terminal.note(
                    "Restore %s was finished at %s: there is nothing to do",
                    plan.restoreId(), report.get().endedAt());
            return ExitCode.DONE.code();
        }
        print(plan);
        Terminal.note(
                "Restore %s was begun at %s and has not finished: it goes on with this plan, whatever other options say",
                plan.restoreId(), plan.createdAt());
        if (dryRun) {
            Terminal.note("Dry run: nothing was written");
            return ExitCode.DONE.code();
        }
        Terminal.note("Comparing what the target holds with the backup");
        Progress progress = restore.resume(plan);
        Terminal.note(
                "The target holds %d records, of %d at most; all of them are right",
                progress.records(), plan.recordsAtMost());
        if (progress.complete()) {
            print(restore.finish(plan, Instant.now()));
            return ExitCode.DONE.code();
        }
        return run(restore, plan, flinkConf);
    }

    private int run(Restore restore, RestorePlan plan, Configuration flinkConf) throws Exception {
        CompletableFuture<String> stop = StopSignal.install();
        Instant startedAt = Instant.now();
        try (EmbeddedFlink flink = EmbeddedFlink.start(flinkConf, parallelism, webPort)) {
            Terminal.note("Web UI: %s", flink.webUi());
            boolean done = restore.run(
                    plan,
                    () -> {
                        StreamExecutionEnvironment environment = flink.environment();
                        restore.build(environment, plan);
                        return flink.submit(environment, "Kafka restore " + plan.restoreId())
                                .awaitEnd(stop);
                    },
                    note -> Terminal.note("%s", note));
            if (!done) {
                Terminal.note(
                        "Stopped by %s before the restore was complete; start it again with --restore-id %s, it goes on where it was",
                        stop.join(), plan.restoreId());
                return ExitCode.FAILED.code();
            }
        }
        print(restore.finish(plan, startedAt));
        return ExitCode.DONE.code();
    }

    private List<RestoreSelection> selections() {
        if (topicId != null && topics.size() > 1) {
            throw new UsageException("--topic-id needs exactly one --topic, but there are " + topics.size());
        }
        IncarnationChoice incarnations = topicId == null
                ? IncarnationChoice.NEWEST
                : topicId.equals("all") ? IncarnationChoice.ALL : new IncarnationChoice.One(parseTopicId(topicId));
        RecordSelection records = RecordSelection.of(timeRange());
        Set<Integer> wanted = partitions == null ? Set.of() : partitions.numbers();
        List<RestoreSelection> selections = new ArrayList<>();
        for (String topic : topics) {
            int equals = topic.indexOf('=');
            String source = equals < 0 ? topic : topic.substring(0, equals);
            String target = equals < 0 ? topic : topic.substring(equals + 1);
            if (source.isEmpty() || target.isEmpty()) {
                throw new UsageException("--topic must be NAME or NAME=TARGET, but is '" + topic + "'");
            }
            selections.add(new RestoreSelection(source, target, incarnations, wanted, records));
        }
        return selections;
    }

    private static Uuid parseTopicId(String text) {
        try {
            return Uuid.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--topic-id '" + text + "' is not a topic ID as Kafka prints it", e);
        }
    }

    private TimeRange timeRange() {
        if (from == null && to == null) {
            return TimeRange.UNBOUNDED;
        }
        long fromMs = from == null ? 0 : from.toEpochMilli();
        long toMs = to == null ? Long.MAX_VALUE : to.toEpochMilli();
        if (fromMs < 0 || toMs <= fromMs) {
            throw new UsageException("--from must be before --to and not before 1970, but they are %s and %s"
                    .formatted(from == null ? "the beginning" : from, to == null ? "the end" : to));
        }
        return new TimeRange(fromMs, toMs);
    }

    private static void print(RestorePlan plan) {
        List<List<String>> rows = new ArrayList<>();
        for (TopicPlan topic : plan.topics()) {
            for (PartitionPlan partition : topic.partitions()) {
                for (PlannedSource source : partition.sources()) {
                    rows.add(List.of(
                            topic.topic(),
                            source.topicId().toString(),
                            Integer.toString(partition.partition()),
                            topic.target(),
                            Long.toString(source.segments()),
                            Long.toString(source.bytes()),
                            Long.toString(source.recordsAtMost()),
                            source.offsets().stream().map(OffsetRange::toString).collect(Collectors.joining(" "))));
                }
            }
        }
        Table.print(
                List.of("TOPIC", "TOPIC ID", "PARTITION", "TARGET", "SEGMENTS", "BYTES", "RECORDS UP TO", "OFFSETS"),
                rows);
    }

    private static void print(RestoreReport report) {
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
    }

    private static String range(@Nullable Long first, @Nullable Long last) {
        return first == null || last == null ? "" : first + " - " + last;
    }
}
