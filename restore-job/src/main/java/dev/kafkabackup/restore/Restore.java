// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.check.Finding;
import dev.kafkabackup.restore.check.TargetOptions;
import dev.kafkabackup.restore.check.TargetStates;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.resume.Progress;
import dev.kafkabackup.restore.topicconfig.FinalizedTopic;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/**
 * A restore from outside of Flink, in the order in which its steps are called: {@link #plan} and {@link #prepare}, or
 * {@link #begun} and {@link #resume} if it was begun before; then {@link #run} with a job that {@link #build} makes;
 * then {@link #finish}.
 *
 * <p>Not thread safe.
 */
public final class Restore implements AutoCloseable {

    private final RestoreAccess access;
    private final Planning planning;
    private final Attempts attempts;
    private final Completion completion;

    private Restore(RestoreAccess access) {
        this.access = access;
        this.planning = new Planning(access);
        this.attempts = new Attempts(access);
        this.completion = new Completion(access);
    }

    /**
     * Opens storage and target; nothing is read or written yet.
     *
     * @throws FailedException if the settings make no Kafka client
     */
    public static Restore open(RestoreConfig config) {
        Admin admin = config.kafka().admin("restore");
        return new Restore(
                new RestoreAccess(config, Clock.systemUTC(), config.storage().open(), admin));
    }

    /**
     * The plan of this restore id, if it was begun before.
     *
     * @throws FailedException if there is no backup, or the storage cannot be read
     */
    public Optional<RestorePlan> begun() {
        return planning.begun();
    }

    /**
     * The report of this restore id, if it has finished.
     *
     * @throws FailedException if the storage cannot be read
     */
    public Optional<RestoreReport> finished() {
        return completion.finished();
    }

    /** Plans a restore that ends where the backup turns out to be damaged; see the other method. */
    public RestorePlan plan(Collection<RestoreSelection> selections) {
        return plan(selections, OnCorrupt.STOP);
    }

    /**
     * Plans from listings; writes nothing, so that a dry run ends here.
     *
     * @throws UsageException if something was selected that is not in the backup
     * @throws FailedException if there is no backup, or storage or Kafka cannot be reached
     * @throws RefusedException if the restore id was used before
     */
    public RestorePlan plan(Collection<RestoreSelection> selections, OnCorrupt onCorrupt) {
        return planning.plan(selections, onCorrupt);
    }

    /**
     * Names of all topics in the backup, sorted.
     *
     * @throws FailedException if there is no backup, or storage cannot be reached
     */
    public List<String> topics() {
        return planning.topics();
    }

    /** How the targets look now; reads only. */
    public TargetStates targetStates(RestorePlan plan) {
        return TargetStates.of(access.admin(), plan);
    }

    /**
     * What speaks against the restore, also what is allowed; for a dry run. Changes nothing, but that Kafka remembers a
     * transactional id for a while.
     *
     * @throws RefusedException if something speaks against it that cannot be allowed by name
     * @throws FailedException if storage or Kafka cannot be reached
     */
    public List<Finding> findings(RestorePlan plan, TargetOptions options) {
        return planning.findings(plan, options);
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
        return attempts.prepare(plan, options);
    }

    /**
     * Takes over a restore that was begun and has not finished: ends what is left of the attempts before, finds out
     * what the target holds, and writes the offset map of that. May take as long as it takes to read that part of
     * backup and target.
     *
     * @return what the target holds already; if that is all, there is no job to run
     * @throws UsageException if it was begun with another delivery
     * @throws RefusedException if the restore is still running, went to another cluster, its transactions are longer
     *     than the brokers allow, or its target holds anything else than what it restored
     * @throws FailedException if storage or Kafka cannot be reached
     */
    public Progress resume(RestorePlan plan) {
        return attempts.resume(plan);
    }

    /** Number of records in the offset map, for each target. */
    public Map<String, Long> mappedRecords(RestorePlan plan) {
        return access.withStorage("read", () -> {
            OffsetMap map = access.offsetMap();
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

    /** Builds the job into an environment, which then is to be executed. */
    public void build(StreamExecutionEnvironment environment, RestorePlan plan) {
        RestoreJob.build(environment, config(), plan, attempt());
    }

    /** How it runs. */
    RestoreConfig config() {
        return access.config();
    }

    /** The attempt that {@link #prepare} or {@link #resume} has begun. */
    AttemptId attempt() {
        return attempts.current();
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
        return attempts.run(plan, job, notes);
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
     * Checks that the targets are still the same topics, and the offset map against the plan, and writes the report; to
     * be called when the job has finished.
     *
     * @param startedAt when the job was started; of several attempts the report has the begin of the first
     * @throws RefusedException if a target was deleted, or deleted and created again, while it was restored into
     * @throws FailedException if the map has more or fewer records than planned, or storage cannot be reached
     */
    public RestoreReport finish(RestorePlan plan, Instant startedAt) {
        return completion.finish(plan, startedAt);
    }

    /**
     * Gives the topics that this restore has created their original configuration.
     *
     * @param dryRun whether to find out only what would be changed, and what the broker would delete then
     * @throws RefusedException if the restore is not finished, or rights are missing
     * @throws FailedException if storage or Kafka cannot be reached
     */
    public List<FinalizedTopic> finalizeTargets(boolean dryRun) {
        return completion.finalizeTargets(dryRun);
    }

    @Override
    public void close() {
        attempts.close();
        access.close();
    }
}
