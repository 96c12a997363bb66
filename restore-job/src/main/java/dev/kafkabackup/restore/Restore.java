// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.attempt.AttemptStore;
import dev.kafkabackup.restore.attempt.RunningMark;
import dev.kafkabackup.restore.check.Finding;
import dev.kafkabackup.restore.check.TargetOffsets;
import dev.kafkabackup.restore.check.TargetOptions;
import dev.kafkabackup.restore.check.TargetStates;
import dev.kafkabackup.restore.check.TargetTopics;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.PlanHolds;
import dev.kafkabackup.restore.plan.PlanStore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestorePlanner;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.report.DeliveryReport;
import dev.kafkabackup.restore.report.ReportStore;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.resume.Progress;
import dev.kafkabackup.restore.resume.Resumption;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.LostTransactionException;
import dev.kafkabackup.restore.sink.RestoreTransactions;
import dev.kafkabackup.restore.topicconfig.Finalization;
import dev.kafkabackup.restore.topicconfig.FinalizedTopic;
import dev.kafkabackup.restore.topicconfig.TargetConfig;
import dev.kafkabackup.restore.topicconfig.TargetConfigStore;
import dev.kafkabackup.restore.topicconfig.TargetConfiguration;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A restore from outside of Flink, in the order in which its steps are called: {@link #plan} and {@link #prepare}, or
 * {@link #begun} and {@link #resume} if it was begun before; then {@link #run} with a job that {@link #build} makes;
 * then {@link #finish}.
 *
 * <p>Not thread safe.
 */
public final class Restore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Restore.class);

    /** What loses transactions again and again, and comes no further, has a reason that has to be seen. */
    private static final int RESUMED_IN_VAIN = 3;

    private final RestoreConfig config;
    private final Clock clock;
    private final BackupStorage storage;
    private final Admin admin;
    private @Nullable AttemptId attempt;
    private @Nullable RunningMark runningMark;

    private Restore(RestoreConfig config, Clock clock, BackupStorage storage, Admin admin) {
        this.config = config;
        this.clock = clock;
        this.storage = storage;
        this.admin = admin;
    }

    /**
     * Opens storage and target; nothing is read or written yet.
     *
     * @throws FailedException if the settings make no Kafka client
     */
    public static Restore open(RestoreConfig config) {
        Admin admin = config.kafka().admin("restore");
        return new Restore(config, Clock.systemUTC(), config.storage().open(), admin);
    }

    /** Plans a restore that ends where the backup turns out to be damaged; see the other method. */
    public RestorePlan plan(Collection<RestoreSelection> selections) {
        return plan(selections, OnCorrupt.STOP);
    }

    /**
     * The plan of this restore id, if it was begun before.
     *
     * @throws FailedException if there is no backup, or the storage cannot be read
     */
    public Optional<RestorePlan> begun() {
        BackupRoot.require(storage);
        return withStorage("read", () -> {
            PlanStore plans = new PlanStore(storage);
            return plans.exists(config.restoreId())
                    ? Optional.of(plans.read(config.restoreId()))
                    : Optional.<RestorePlan>empty();
        });
    }

    /**
     * The report of this restore id, if it has finished.
     *
     * @throws FailedException if the storage cannot be read
     */
    public Optional<RestoreReport> finished() {
        return withStorage("read", () -> {
            ReportStore reports = new ReportStore(storage);
            return reports.exists(config.restoreId())
                    ? Optional.of(reports.read(config.restoreId()))
                    : Optional.<RestoreReport>empty();
        });
    }

    /**
     * Plans from listings; writes nothing, so that a dry run ends here.
     *
     * @throws UsageException if something was selected that is not in the backup
     * @throws FailedException if there is no backup, or storage or Kafka cannot be reached
     * @throws RefusedException if the restore id was used before
     */
    public RestorePlan plan(Collection<RestoreSelection> selections, OnCorrupt onCorrupt) {
        BackupRoot root = BackupRoot.require(storage);
        String targetClusterId = config.kafka().clusterId(admin);
        return withStorage("read", () -> {
            new PlanStore(storage).requireUnused(config.restoreId());
            return new RestorePlan(
                    config.restoreId(),
                    clock.instant(),
                    root.clusterId(),
                    targetClusterId,
                    onCorrupt,
                    new RestorePlanner(storage).plan(List.copyOf(selections)));
        });
    }

    /**
     * Names of all topics in the backup, sorted.
     *
     * @throws FailedException if there is no backup, or storage cannot be reached
     */
    public List<String> topics() {
        BackupRoot.require(storage);
        return withStorage("read", () -> new Catalog(storage).topics());
    }

    /** How the targets look now; reads only. */
    public TargetStates targetStates(RestorePlan plan) {
        return TargetStates.of(admin, plan);
    }

    /**
     * What speaks against the restore, also what is allowed; for a dry run. Changes nothing, but that Kafka remembers a
     * transactional id for a while.
     *
     * @throws RefusedException if something speaks against it that cannot be allowed by name
     * @throws FailedException if storage or Kafka cannot be reached
     */
    public List<Finding> findings(RestorePlan plan, TargetOptions options) {
        return withStorage("read", () -> targetTopics(options).findings(plan));
    }

    /** Makes the target ready with {@link TargetOptions#DEFAULT}. */
    public RestorePlan prepare(RestorePlan plan) {
        return prepare(plan, TargetOptions.DEFAULT);
    }

    /**
     * Checks the target, creates the topics that are missing, and writes the plan to the storage.
     *
     * @return the plan with the targets' start offsets, as it was written
     * @throws RefusedException if something speaks against the restore that is not allowed; nothing was changed then
     * @throws FailedException if the backup is damaged and that is not to be skipped, or storage or Kafka cannot be
     *     reached
     */
    public RestorePlan prepare(RestorePlan plan, TargetOptions options) {
        return withStorage("written", () -> {
            plan.requireUndamaged();
            RunningMark.requireNone(storage, config.restoreId());
            RestorePlan prepared = targetTopics(options).prepare(plan);
            hold(prepared);
            AttemptId begun = beginAttempt(clock.instant());
            new PlanStore(storage).create(prepared);
            new AttemptStore(storage, config.restoreId()).requireNewest(begun);
            return prepared;
        });
    }

    private TargetTopics targetTopics(TargetOptions options) {
        return new TargetTopics(admin, storage, clock, options, transactionalIdPrefix());
    }

    private Optional<String> transactionalIdPrefix() {
        return config.produce().delivery() == Delivery.EXACTLY_ONCE
                ? Optional.of(RestoreTransactions.prefix(config.restoreId()))
                : Optional.empty();
    }

    /**
     * Takes over a restore that was begun and has not finished: ends what is left of the attempts before, finds out
     * what the target holds, and writes the offset map of that. May take as long as it takes to read that part of
     * backup and target.
     *
     * @return what the target holds already; if that is all, there is no job to run
     * @throws UsageException if it was begun with another delivery
     * @throws RefusedException if the restore is still running, went to another cluster, or its target holds anything
     *     else than what it restored
     * @throws FailedException if storage or Kafka cannot be reached
     */
    public Progress resume(RestorePlan plan) {
        String targetClusterId = config.kafka().clusterId(admin);
        if (!targetClusterId.equals(plan.targetClusterId())) {
            throw new RefusedException(
                    "Restore %s went to the Kafka cluster %s, but %s is cluster %s: check --bootstrap-server"
                            .formatted(plan.restoreId(), plan.targetClusterId(), config.kafka(), targetClusterId));
        }
        return withStorage("used", () -> {
            if (runningMark == null) {
                RunningMark.requireNone(storage, config.restoreId());
            }
            requireSameDelivery();
            hold(plan);
            return new Resumption(config.kafka(), admin, config.storage(), storage, config.parallelism())
                    .prepare(plan, beginAttempt(clock.instant()));
        });
    }

    /** Number of records in the offset map, for each target. */
    public Map<String, Long> mappedRecords(RestorePlan plan) {
        return withStorage("read", () -> {
            OffsetMap map = new OffsetMapStore(storage, BackupLayout.restore(plan.restoreId())).read();
            Map<String, Long> records = new TreeMap<>();
            for (TopicPlan topic : plan.topics()) {
                for (PartitionPlan partition : topic.partitions()) {
                    TopicPartition target = new TopicPartition(topic.target(), partition.partition());
                    records.merge(topic.target(), map.recordsIn(target, 0, Long.MAX_VALUE), Long::sum);
                }
            }
            return records;
        });
    }

    /** What was produced without transactions can be gone on with only like that, and the other way round. */
    private void requireSameDelivery() throws IOException {
        AttemptStore attempts = new AttemptStore(storage, config.restoreId());
        Optional<AttemptId> newest = attempts.newest();
        boolean transactions = config.produce().delivery() == Delivery.EXACTLY_ONCE;
        if (newest.isPresent() && attempts.transactions(newest.get()) != transactions) {
            throw new UsageException("Restore %s was begun %s --delivery at-least-once: start it again like that"
                    .formatted(config.restoreId(), transactions ? "with" : "without"));
        }
    }

    private AttemptId beginAttempt(Instant now) throws IOException {
        endRunningMark();
        AttemptId begun = new AttemptStore(storage, config.restoreId())
                .begin(now, config.produce().delivery() == Delivery.EXACTLY_ONCE);
        attempt = begun;
        runningMark = RunningMark.show(storage, config.restoreId(), begun);
        return begun;
    }

    private void endRunningMark() {
        if (runningMark != null) {
            runningMark.close();
            runningMark = null;
        }
    }

    /** Builds the job into an environment, which then is to be executed. */
    public void build(StreamExecutionEnvironment environment, RestorePlan plan) {
        RestoreJob.build(environment, config, plan, attempt());
    }

    /** How it runs. */
    RestoreConfig config() {
        return config;
    }

    /** The attempt that {@link #prepare} or {@link #resume} has begun. */
    AttemptId attempt() {
        if (attempt == null) {
            throw new IllegalStateException("No attempt of restore " + config.restoreId() + " was begun");
        }
        return attempt;
    }

    /**
     * Runs the job, and runs it again from what the target holds when a transaction was lost, which Flink cannot
     * recover from.
     *
     * @param job builds a job and runs it to its end
     * @param notes is told why the job is run again
     * @return false if the job was stopped from outside
     * @throws Exception what the job failed with
     */
    public boolean run(RestorePlan plan, JobRun job, Consumer<String> notes) throws Exception {
        long restored = -1;
        int inVain = 0;
        while (true) {
            try {
                return job.toItsEnd();
            } catch (Exception e) {
                if (!isLostTransaction(e) || inVain == RESUMED_IN_VAIN) {
                    throw e;
                }
                LOG.warn("Restore {} goes on from what the target holds", plan.restoreId(), e);
            }
            // a lost transaction may also mean that somebody else has taken over
            withStorage("read", () -> {
                new AttemptStore(storage, config.restoreId()).requireNewest(attempt());
                return true;
            });
            Progress progress = resume(plan);
            inVain = progress.records() > restored ? 0 : inVain + 1;
            restored = progress.records();
            notes.accept(
                    "A transaction was aborted by Kafka (transaction.timeout.ms?): going on behind the %d records that the target holds"
                            .formatted(restored));
            if (progress.complete()) {
                return true;
            }
        }
    }

    private static boolean isLostTransaction(Exception failure) {
        return ExceptionUtils.findSerializedThrowable(
                        failure, LostTransactionException.class, Restore.class.getClassLoader())
                .isPresent();
    }

    /** Builds a job with {@link #build} and runs it. */
    @FunctionalInterface
    public interface JobRun {

        /**
         * Returns when the job has ended.
         *
         * @return false if it was stopped from outside before it was done
         */
        boolean toItsEnd() throws Exception;
    }

    /**
     * Checks the offset map against the plan and writes the report; to be called when the job has finished.
     *
     * @param startedAt when the job was started
     * @throws FailedException if the map has more or fewer records than planned, or storage cannot be reached
     */
    public RestoreReport finish(RestorePlan plan, Instant startedAt) {
        RestoreReport report = withStorage("written", () -> {
            Instant endedAt = clock.instant();
            return new ReportStore(storage).write(plan, configurations(), deliveryReport(plan), startedAt, endedAt);
        });
        endLeftOverTransactions();
        releaseHolds(plan);
        return report;
    }

    /** Before anything is read; while the job runs, its source renews the holds. */
    private void hold(RestorePlan plan) {
        try {
            new PlanHolds(storage, plan, clock).renew();
        } catch (IOException e) {
            LOG.warn(
                    "Restore {} cannot hold what it reads, so maintenance may remove some of it meanwhile: {}",
                    plan.restoreId(),
                    e.toString());
        }
    }

    private void releaseHolds(RestorePlan plan) {
        try {
            new PlanHolds(storage, plan, clock).release();
        } catch (IOException e) {
            LOG.info("The holds of restore {} were not taken away, they end by themselves", plan.restoreId(), e);
        }
    }

    private DeliveryReport deliveryReport(RestorePlan plan) throws IOException {
        Delivery delivery = config.produce().delivery();
        int attempts = new AttemptStore(storage, config.restoreId())
                .newest()
                .map(AttemptId::number)
                .orElse(1);
        long beyondTheMap = 0;
        if (delivery == Delivery.AT_LEAST_ONCE) {
            long mapped = mappedRecords(plan).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            beyondTheMap = Math.max(0, new TargetOffsets(admin).since(plan) - mapped);
        }
        return DeliveryReport.of(delivery, attempts, beyondTheMap);
    }

    /** How the targets are configured now, by name. */
    private Map<String, TargetConfiguration> configurations() throws IOException {
        Map<String, TargetConfiguration> configurations = new TreeMap<>();
        for (TargetConfig target : new TargetConfigStore(storage).read(config.restoreId())) {
            configurations.put(target.topic(), TargetConfiguration.of(admin, target));
        }
        return configurations;
    }

    /** Of an attempt that was frozen, for example: until they end, nobody can read committed records behind them. */
    private void endLeftOverTransactions() {
        try {
            withStorage("read", () -> new AttemptStore(storage, config.restoreId()).newest())
                    .ifPresent(new RestoreTransactions(admin, config.restoreId())::fenceUpTo);
        } catch (KafkaException | FailedException e) {
            LOG.warn(
                    "Restore {} is complete, but transactions that it may have left open were not ended; Kafka does it when they time out",
                    config.restoreId(),
                    e);
        }
    }

    /**
     * Gives the topics that this restore has created their original configuration.
     *
     * @param dryRun whether to find out only what would be changed, and what the broker would delete then
     * @throws RefusedException if the restore is not finished, or rights are missing
     * @throws FailedException if storage or Kafka cannot be reached
     */
    public List<FinalizedTopic> finalizeTargets(boolean dryRun) {
        return withStorage("read", () -> {
            if (!new ReportStore(storage).exists(config.restoreId())) {
                throw new RefusedException(
                        "Restore %s is unknown or not finished: its topics get their original configuration when it is"
                                .formatted(config.restoreId()));
            }
            Finalization finalization = new Finalization(admin, clock);
            List<FinalizedTopic> topics = finalization.plan(new TargetConfigStore(storage).read(config.restoreId()));
            if (!dryRun) {
                finalization.apply(topics);
            }
            return topics;
        });
    }

    private <T> T withStorage(String what, StorageStep<T> step) {
        try {
            return step.run();
        } catch (IOException e) {
            throw new FailedException(
                    "The storage %s cannot be %s: %s; check --storage, its rights, and the s3.* settings in --flink-conf"
                            .formatted(storage.root(), what, e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        endRunningMark();
        storage.close();
        admin.close();
    }

    @FunctionalInterface
    private interface StorageStep<T> {
        T run() throws IOException;
    }
}
