// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.verify;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.compare.ComparedPartition;
import dev.kafkabackup.restore.compare.Extent;
import dev.kafkabackup.restore.compare.MapCheck;
import dev.kafkabackup.restore.compare.PlannedPartition;
import dev.kafkabackup.restore.compare.TargetComparison;
import dev.kafkabackup.restore.plan.PlanStore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.report.ReportStore;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;

/** The topics that a finished restore went to, compared with the backup and with the offset map. */
public final class RestoredTopics {

    private final StorageLocation location;
    private final KafkaConnection kafka;
    private final int parallelism;

    /**
     * @param location where the backup lies
     * @param kafka the cluster that was restored into
     * @param parallelism partitions that are compared at the same time, at most; 1 or more
     */
    public RestoredTopics(StorageLocation location, KafkaConnection kafka, int parallelism) {
        this.location = location;
        this.kafka = kafka;
        this.parallelism = parallelism;
    }

    /**
     * Compares every record of a restore, and every entry of its offset map.
     *
     * @param progress told how far it has come
     * @return for each partition of the target, in the order of the plan
     * @throws RefusedException if the restore has not finished, or went to another cluster
     * @throws FailedException if there is no such restore, or backup or target cannot be read
     */
    public List<ComparedPartition> compare(String restoreId, ComparisonProgress progress) throws IOException {
        RestorePlan plan;
        OffsetMap map;
        Delivery delivery;
        try (BackupStorage storage = location.open()) {
            BackupRoot.require(storage);
            plan = finishedRestore(storage, restoreId);
            requireTargetCluster(plan);
            map = new OffsetMapStore(storage, BackupLayout.restore(restoreId)).read();
            delivery = new ReportStore(storage).read(restoreId).delivery().delivery();
        }
        List<PlannedPartition> partitions = PlannedPartition.of(plan);
        progress.planned(partitions);
        return new TargetComparison(kafka, location, parallelism)
                .compare(
                        partitions,
                        Extent.ALL_RECORDS,
                        partition -> progress.counting(
                                delivery == Delivery.EXACTLY_ONCE
                                        ? MapCheck.ofAll(map, partition)
                                        : MapCheck.ofMapped(map, partition)));
    }

    private static RestorePlan finishedRestore(BackupStorage storage, String restoreId) throws IOException {
        try {
            RestorePlan plan = new PlanStore(storage).read(restoreId);
            if (!new ReportStore(storage).exists(restoreId)) {
                throw new RefusedException(
                        "Restore %s in %s has not finished (it has no report): start it again with --restore-id %s, then verify it"
                                .formatted(restoreId, storage.root(), restoreId));
            }
            return plan;
        } catch (FileNotFoundException e) {
            throw new FailedException(
                    "There is no restore %s in %s: check --restore-id".formatted(restoreId, storage.root()), e);
        }
    }

    private void requireTargetCluster(RestorePlan plan) {
        try (Admin admin = kafka.admin("restore-verify")) {
            String clusterId = kafka.clusterId(admin);
            if (!clusterId.equals(plan.targetClusterId())) {
                throw new RefusedException(
                        "Restore %s went to the Kafka cluster %s, but %s is cluster %s: check --bootstrap-server"
                                .formatted(plan.restoreId(), plan.targetClusterId(), kafka, clusterId));
            }
        }
    }
}
