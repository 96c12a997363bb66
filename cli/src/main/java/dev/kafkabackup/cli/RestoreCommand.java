// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.flink.Flink;
import dev.kafkabackup.cli.flink.FlinkJob;
import dev.kafkabackup.cli.options.FilterJarOption;
import dev.kafkabackup.cli.options.FlinkChoice;
import dev.kafkabackup.cli.options.FlinkOptions;
import dev.kafkabackup.cli.options.KafkaOptions;
import dev.kafkabackup.cli.options.OutputOptions;
import dev.kafkabackup.cli.options.ProduceOptions;
import dev.kafkabackup.cli.options.SelectionOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.cli.options.TargetTopicOptions;
import dev.kafkabackup.cli.progress.RestoreProgress;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.RestoreConfig;
import dev.kafkabackup.restore.check.Finding;
import dev.kafkabackup.restore.check.TargetOptions;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.resume.Progress;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.topicconfig.FinalizedTopic;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plans a restore, checks the target, runs the restore job in this process or on a cluster, and reports. */
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
public final class RestoreCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(RestoreCommand.class);

    private static final String JOB_JAR = "restore-job.jar";

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Mixin
    private FilterJarOption filterJar = new FilterJarOption();

    @Option(
            names = "--on-corrupt",
            paramLabel = "stop|skip",
            description =
                    "What to do about damaged parts of the backup: end before what lies behind them, or go on without them and report the loss. Default: stop.")
    private OnCorrupt onCorrupt = OnCorrupt.STOP;

    @Mixin
    private TargetTopicOptions target = new TargetTopicOptions();

    @Mixin
    private ProduceOptions produce = new ProduceOptions();

    @Option(
            names = "--dry-run",
            description =
                    "Print the plan and what speaks against it, or with --finalize what would be changed; nothing is written.")
    private boolean dryRun;

    @Option(
            names = "--finalize",
            description =
                    "When the restore is finished, give the topics that it created their original configuration; also later, with its --restore-id.")
    private boolean finalize;

    @Mixin
    private OutputOptions output = new OutputOptions();

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
    private @Nullable Integer parallelism;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "DURATION",
            defaultValue = "10s",
            description = "How often transactions are committed. Default: ${DEFAULT-VALUE}.")
    private Duration checkpointInterval = RestoreConfig.DEFAULT_CHECKPOINT_INTERVAL;

    @Mixin
    private FlinkChoice flinkChoice;

    RestoreCommand() {
        this(new FlinkOptions());
    }

    /** Runs the job where it is told to. */
    public RestoreCommand(FlinkChoice flinkChoice) {
        this.flinkChoice = flinkChoice;
    }

    private int parallelism() {
        return parallelism == null ? flinkChoice.defaultParallelism() : parallelism;
    }

    @Override
    public Integer call() throws Exception {
        Configuration flinkConf = flinkChoice.initialize(storage);
        List<URI> filterJars = filterJar.install();
        selection.requireFilter();
        TargetOptions targetOptions = target.options();
        String id = restoreId == null ? RestoreConfig.newRestoreId(Instant.now()) : restoreId;
        RestoreConfig config = new RestoreConfig(
                storage.location(), kafka.connection(), id, parallelism(), checkpointInterval, produce.settings());
        LOG.info("Restore id: {}", id);
        Terminal.note("Restore id: %s", id);
        try (Restore restore = Restore.open(config)) {
            Optional<RestorePlan> begun = restoreId == null ? Optional.empty() : restore.begun();
            JobRun run = (plan, mapped) -> run(restore, plan, mapped, flinkConf, filterJars);
            return begun.isPresent() ? goOn(restore, begun.get(), run) : begin(restore, targetOptions, run);
        }
    }

    private int begin(Restore restore, TargetOptions targetOptions, JobRun run) throws Exception {
        if (selection.namesNoTopic()) {
            throw new UsageException(
                    restoreId == null
                            ? "Missing required option: '--topic=NAME[=TARGET]' or '--include=REGEX'"
                            : "Restore " + restoreId
                                    + " was not begun yet: say what to restore, with --topic NAME[=TARGET], or check --restore-id");
        }
        RestorePlan plan = restore.plan(selection.selections(restore::topics), onCorrupt);
        if (dryRun) {
            return dryRun(restore, plan, targetOptions);
        }
        print(restore, plan);
        RestorePlan prepared = restore.prepare(plan, targetOptions);
        Terminal.note("Restoring %d records at most", prepared.recordsAtMost());
        return run.of(prepared, Map.of());
    }

    private int dryRun(Restore restore, RestorePlan plan, TargetOptions targetOptions) {
        List<Finding> findings = restore.findings(plan, targetOptions);
        PlanView view = PlanView.of(plan, restore.targetStates(plan), findings, targetOptions.allowed(), parallelism());
        view.print(output.json());
        plan.requireUndamaged();
        Terminal.note("Dry run: nothing was written");
        return (view.isRefused() ? ExitCode.REFUSED : ExitCode.DONE).code();
    }

    private int goOn(Restore restore, RestorePlan plan, JobRun run) throws Exception {
        Optional<RestoreReport> report = restore.finished();
        if (report.isPresent()) {
            if (finalize) {
                return finalizeTargets(restore);
            }
            RestoreReportTable.print(report.get(), output.json());
            Terminal.note(
                    "Restore %s was finished at %s: there is nothing to do",
                    plan.restoreId(), report.get().endedAt());
            return ExitCode.DONE.code();
        }
        print(restore, plan);
        Terminal.note(
                "Restore %s was begun at %s and has not finished: it goes on with this plan, whatever other options say",
                plan.restoreId(), plan.createdAt());
        if (dryRun) {
            Terminal.note("Dry run: nothing was written");
            return ExitCode.DONE.code();
        }
        boolean compared = produce.settings().delivery() == Delivery.EXACTLY_ONCE;
        if (compared) {
            Terminal.note("Comparing what the target holds with the backup");
        }
        Progress progress = restore.resume(plan);
        Terminal.note(
                compared
                        ? "The target holds %d records, of %d at most; all of them are right"
                        : "The offset map leads to %d records, of %d at most; what was produced besides is produced again",
                progress.records(),
                plan.recordsAtMost());
        return progress.complete() ? finish(restore, plan, Instant.now()) : run.of(plan, restore.mappedRecords(plan));
    }

    private void print(Restore restore, RestorePlan plan) {
        if (!output.json()) {
            PlanView.of(plan, restore.targetStates(plan), List.of(), Set.of(), parallelism())
                    .print(false);
        }
    }

    /** Runs the job of a plan. */
    @FunctionalInterface
    private interface JobRun {

        /**
         * Returns the exit code.
         *
         * @param mapped number of records that each target holds already
         */
        int of(RestorePlan plan, Map<String, Long> mapped) throws Exception;
    }

    private int run(
            Restore restore, RestorePlan plan, Map<String, Long> mapped, Configuration flinkConf, List<URI> filterJars)
            throws Exception {
        CompletableFuture<String> stop = flinkChoice.stopSignal();
        Instant startedAt = Instant.now();
        try (Flink flink = flinkChoice.start(flinkConf, parallelism(), JOB_JAR)) {
            flink.webUi().ifPresent(uri -> Terminal.note("Web UI: %s", uri));
            if (!flinkChoice.follows()) {
                submit(flink, restore, plan, filterJars);
                goesOn(plan);
                return ExitCode.DONE.code();
            }
            boolean done;
            try (RestoreProgress progress = RestoreProgress.show(plan, mapped, flink.counters(), Terminal.screen())) {
                done = restore.run(
                        plan,
                        () -> submit(flink, restore, plan, filterJars).awaitEnd(stop),
                        note -> Terminal.note("%s", note));
            }
            if (!done && flink.endsWithItsJobs()) {
                Terminal.note(
                        "Stopped by %s before the restore was complete; start it again with --restore-id %s, it goes on where it was",
                        stop.join(), plan.restoreId());
            } else if (!done) {
                goesOn(plan);
            }
            if (!done) {
                return ExitCode.FAILED.code();
            }
        }
        return finish(restore, plan, startedAt);
    }

    private static FlinkJob submit(Flink flink, Restore restore, RestorePlan plan, List<URI> filterJars) {
        StreamExecutionEnvironment environment = flink.environment();
        restore.build(environment, plan);
        FlinkJob job = flink.submit(environment, "Kafka restore " + plan.restoreId(), filterJars);
        if (!flink.endsWithItsJobs()) {
            LOG.info("Restore {} runs as job {}", plan.restoreId(), job.id());
            Terminal.note("Restore %s runs as job %s", plan.restoreId(), job.id());
        }
        return job;
    }

    /** Nobody of ours will be there when the job ends. */
    private static void goesOn(RestorePlan plan) {
        Terminal.note(
                "The job goes on on the cluster; when it has ended, start 'restore --restore-id %s' once more: it checks that everything is there, and writes the report",
                plan.restoreId());
    }

    private int finish(Restore restore, RestorePlan plan, Instant startedAt) {
        RestoreReportTable.print(restore.finish(plan, startedAt), output.json());
        if (!finalize) {
            return ExitCode.DONE.code();
        }
        List<FinalizedTopic> topics = restore.finalizeTargets(false);
        // one JSON document is what a program expects, and the report is in it
        FinalizationTable.print(topics, false, output.json() ? line -> Terminal.note("%s", line) : Terminal::result);
        return exitCode(topics);
    }

    private int finalizeTargets(Restore restore) {
        List<FinalizedTopic> topics = restore.finalizeTargets(dryRun);
        if (output.json()) {
            Terminal.result(new FinalizationTable.Document(dryRun, topics));
        } else {
            FinalizationTable.print(topics, dryRun, Terminal::result);
        }
        return exitCode(topics);
    }

    private static int exitCode(List<FinalizedTopic> topics) {
        return (topics.stream().anyMatch(FinalizedTopic::refused) ? ExitCode.REFUSED : ExitCode.DONE).code();
    }
}
