// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.resume;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.attempt.AttemptStore;
import dev.kafkabackup.restore.attempt.SourcePosition;
import dev.kafkabackup.restore.attempt.TargetPosition;
import dev.kafkabackup.restore.check.RestoredTargets;
import dev.kafkabackup.restore.compare.ComparedPartition;
import dev.kafkabackup.restore.compare.Difference;
import dev.kafkabackup.restore.compare.Extent;
import dev.kafkabackup.restore.compare.PlannedPartition;
import dev.kafkabackup.restore.compare.TargetComparison;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.restore.sink.RestoreTransactions;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares a new attempt to go on where the ones before came to, whatever happened to them. No state of Flink is
 * needed, and with transactions nothing that they wrote down is believed: what the target holds is compared with the
 * first records of the plan.
 */
public final class Resumption {

    private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);

    private final KafkaConnection kafka;
    private final Admin admin;
    private final StorageLocation location;
    private final BackupStorage storage;
    private final int parallelism;

    /**
     * @param admin for the cluster of {@code kafka}; not closed here
     * @param location where the backup lies
     * @param storage the same, opened; not closed here
     * @param parallelism partitions that are compared at the same time, at most
     */
    public Resumption(
            KafkaConnection kafka, Admin admin, StorageLocation location, BackupStorage storage, int parallelism) {
        this.location = location;
        this.kafka = kafka;
        this.admin = admin;
        this.storage = storage;
        this.parallelism = parallelism;
    }

    /**
     * Fences the attempts before, compares the target, writes the offset map of what is there, and the positions from
     * which the tasks of the attempt go on. Without transactions nothing can be fenced, and the target may hold records
     * more than once: then the attempt goes on behind the offset map.
     *
     * @param attempt the newest one, written before this is called
     * @throws RefusedException if the target is not the one that was restored into, or holds anything else than the
     *     first records of the plan
     * @throws FailedException if the target or the backup cannot be read
     */
    public Progress prepare(RestorePlan plan, AttemptId attempt) throws IOException {
        AttemptStore attempts = new AttemptStore(storage, plan.restoreId());
        OffsetMapStore map = new OffsetMapStore(storage, BackupLayout.restore(plan.restoreId()));
        try {
            new RestoredTargets(admin).require(plan);
        } catch (KafkaException e) {
            throw new FailedException(
                    "Restore %s: its target cannot be looked at: %s".formatted(plan.restoreId(), e.getMessage()), e);
        }
        Progress progress = attempts.transactions(attempt)
                ? behindTheTarget(plan, attempt, attempts, map)
                : behindTheMap(plan, attempt, attempts, map.read());
        LOG.info("Restore {}: attempt {} goes on behind {}", plan.restoreId(), attempt, progress);
        return progress;
    }

    private Progress behindTheTarget(RestorePlan plan, AttemptId attempt, AttemptStore attempts, OffsetMapStore map)
            throws IOException {
        List<PlannedPartition> partitions = PlannedPartition.of(plan);
        // looked at before the target: what they say of it was committed before, so the comparison will find it
        Set<String> filesBefore = map.files();
        endOpenTransactions(plan, attempt, partitions);
        Set<String> written = ConcurrentHashMap.newKeySet();
        List<ComparedPartition> compared = new TargetComparison(kafka, location, parallelism)
                .compare(partitions, Extent.FIRST_RECORDS, partition -> new MapRewrite(map, written));
        for (ComparedPartition partition : compared) {
            if (partition.difference().isPresent()) {
                throw refused(plan, partition.difference().get());
            }
        }
        // before anything is removed: a newer attempt may have written one of these files anew
        attempts.requireNewest(attempt);
        map.remove(without(filesBefore, written));
        attempts.savePositions(attempt, positions(compared));
        return new Progress(
                compared.stream().mapToLong(ComparedPartition::records).sum(),
                compared.stream().allMatch(ComparedPartition::complete));
    }

    private void endOpenTransactions(RestorePlan plan, AttemptId attempt, List<PlannedPartition> partitions)
            throws IOException {
        RestoreTransactions transactions = new RestoreTransactions(admin, plan.restoreId());
        try {
            targetState()
                    .awaitNoOpenTransaction(
                            partitions.stream().map(PlannedPartition::target).toList(),
                            () -> transactions.fenceOlderThan(attempt));
        } catch (KafkaException e) {
            throw new FailedException(
                    "Restore %s: its open transactions cannot be ended: %s".formatted(plan.restoreId(), e.getMessage()),
                    e);
        }
    }

    /** The map has an entry for each of the first records of a partition, because it is written in their order. */
    private static Progress behindTheMap(RestorePlan plan, AttemptId attempt, AttemptStore attempts, OffsetMap map)
            throws IOException {
        List<TargetPosition> positions = new ArrayList<>();
        for (PlannedPartition partition : PlannedPartition.of(plan)) {
            SourcePosition last = null;
            for (TopicIdPartition source : partition.sources()) {
                List<OffsetMapRun> runs = map.runs(source);
                last = runs.isEmpty()
                        ? last
                        : SourcePosition.of(source, runs.get(runs.size() - 1).sourceEndOffset());
            }
            if (last != null) {
                positions.add(TargetPosition.at(partition.target(), last));
            }
        }
        attempts.savePositions(attempt, positions);
        return new Progress(map.records(), false);
    }

    private TargetState targetState() {
        return new TargetState(admin, KafkaConnection.CALL_TIMEOUT);
    }

    private static Set<String> without(Set<String> files, Set<String> kept) {
        Set<String> rest = new HashSet<>(files);
        rest.removeAll(kept);
        return rest;
    }

    private static RefusedException refused(RestorePlan plan, Difference difference) {
        return new RefusedException(
                "Restore %s cannot go on: the target does not hold what it had restored, at %s; somebody else wrote to it or removed from it: restore into another topic, with another --restore-id"
                        .formatted(plan.restoreId(), difference));
    }

    private static List<TargetPosition> positions(List<ComparedPartition> compared) {
        List<TargetPosition> positions = new ArrayList<>();
        for (ComparedPartition partition : compared) {
            TopicPartition target = partition.partition().target();
            RestoreRecord last = partition.last();
            if (partition.complete()) {
                positions.add(TargetPosition.complete(target));
            } else if (last != null) {
                positions.add(TargetPosition.at(
                        target, SourcePosition.of(last.source(), last.record().offset() + 1)));
            }
        }
        return positions;
    }
}
