// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.restore.check.TargetStates;
import dev.kafkabackup.restore.check.TargetTopics;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PlanStore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestorePlanner;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.report.ReportStore;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;

/**
 * A restore from outside of Flink, in the order in which its steps are called: {@link #plan}, {@link #prepare},
 * {@link #build}, then the job is executed, then {@link #finish}.
 *
 * <p>Not thread safe.
 */
public final class Restore implements AutoCloseable {

    private final RestoreConfig config;
    private final Clock clock;
    private final BackupStorage storage;
    private final Admin admin;

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
     * Checks the target, creates the topics that are missing, and writes the plan to the storage.
     *
     * @return the plan with the targets' start offsets, as it was written
     * @throws RefusedException if a target holds records or has too few partitions
     * @throws FailedException if the backup is damaged and that is not to be skipped, or storage or Kafka cannot be
     *     reached
     */
    public RestorePlan prepare(RestorePlan plan) {
        return withStorage("written", () -> {
            plan.requireUndamaged();
            RestorePlan prepared = new TargetTopics(admin, new TopicMetadataStore(storage), clock).prepare(plan);
            new PlanStore(storage).create(prepared);
            return prepared;
        });
    }

    /** Builds the job into an environment, which then is to be executed. */
    public void build(StreamExecutionEnvironment environment, RestorePlan plan) {
        RestoreJob.build(environment, config, plan);
    }

    /**
     * Checks the offset map against the plan and writes the report; to be called when the job has finished.
     *
     * @param startedAt when the job was started
     * @throws FailedException if the map has more or fewer records than planned, or storage cannot be reached
     */
    public RestoreReport finish(RestorePlan plan, Instant startedAt) {
        return withStorage("written", () -> new ReportStore(storage).write(plan, startedAt, clock.instant()));
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
        storage.close();
        admin.close();
    }

    @FunctionalInterface
    private interface StorageStep<T> {
        T run() throws IOException;
    }
}
