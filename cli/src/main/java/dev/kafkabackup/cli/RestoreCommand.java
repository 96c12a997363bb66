// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.options.FilterJarOption;
import dev.kafkabackup.cli.options.FlinkChoice;
import dev.kafkabackup.cli.options.FlinkOptions;
import dev.kafkabackup.cli.options.KafkaOptions;
import dev.kafkabackup.cli.options.OutputOptions;
import dev.kafkabackup.cli.options.ProduceOptions;
import dev.kafkabackup.cli.options.SelectionOptions;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.cli.options.TargetTopicOptions;
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
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
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
        if (finalize && !flinkChoice.follows()) {
            throw new UsageException(
                    "--finalize comes after the end of a restore, and with --detached nobody waits for that: leave one of them out, and give --finalize with --restore-id when the restore has ended");
        }
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
            RestoreExecution execution =
                    new RestoreExecution(restore, flinkChoice, flinkConf, parallelism(), filterJars);
            return begun.isPresent() ? goOn(restore, begun.get(), execution) : begin(restore, targetOptions, execution);
        }
    }

    private int begin(Restore restore, TargetOptions targetOptions, RestoreExecution execution) throws Exception {
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
        show(restore, plan);
        RestorePlan prepared = restore.prepare(plan, targetOptions);
        Terminal.note("Restoring %d records at most", prepared.recordsAtMost());
        return run(restore, prepared, Map.of(), execution);
    }

    private int dryRun(Restore restore, RestorePlan plan, TargetOptions targetOptions) {
        List<Finding> findings = restore.findings(plan, targetOptions);
        PlanView view = PlanView.of(plan, restore.targetStates(plan), findings, targetOptions.allowed(), parallelism());
        view.print(output.json());
        plan.requireUndamaged();
        Terminal.note("Dry run: nothing was written");
        return (view.isRefused() ? ExitCode.REFUSED : ExitCode.DONE).code();
    }

    private int goOn(Restore restore, RestorePlan plan, RestoreExecution execution) throws Exception {
        Optional<RestoreReport> report = restore.finished();
        if (report.isPresent()) {
            if (finalize) {
                return completion(restore).finalizeTargets(dryRun).code();
            }
            RestoreReportTable.print(report.get(), output.json());
            Terminal.note(
                    "Restore %s was finished at %s: there is nothing to do",
                    plan.restoreId(), report.get().endedAt());
            return ExitCode.DONE.code();
        }
        show(restore, plan);
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
        return progress.complete()
                ? completion(restore).finish(plan, Instant.now()).code()
                : run(restore, plan, restore.mappedRecords(plan), execution);
    }

    /** As JSON only if nothing else comes: one document is what a program expects. */
    private void show(Restore restore, RestorePlan plan) {
        if (dryRun || !output.json()) {
            PlanView.of(plan, restore.targetStates(plan), List.of(), Set.of(), parallelism())
                    .print(output.json());
        }
    }

    /** @param mapped number of records that each target holds already */
    private int run(Restore restore, RestorePlan plan, Map<String, Long> mapped, RestoreExecution execution)
            throws Exception {
        Instant startedAt = Instant.now();
        return (switch (execution.run(plan, mapped)) {
                    case COMPLETE -> completion(restore).finish(plan, startedAt);
                    case LEFT_TO_THE_CLUSTER -> ExitCode.DONE;
                    case STOPPED -> ExitCode.FAILED;
                })
                .code();
    }

    private RestoreCompletion completion(Restore restore) {
        return new RestoreCompletion(restore, finalize, output.json());
    }
}
