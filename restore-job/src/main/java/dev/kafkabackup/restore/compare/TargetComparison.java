// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.StorageLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Reads a target back and compares every record with the backup: same order, key, value, headers and timestamp. The
 * partitions are compared at the same time, each one up to its first difference.
 */
public final class TargetComparison {

    private final KafkaConnection kafka;
    private final StorageLocation location;
    private final int parallelism;

    /**
     * @param kafka the cluster that was restored into
     * @param location where the backup lies
     * @param parallelism partitions that are read at the same time, at most; 1 or more
     */
    public TargetComparison(KafkaConnection kafka, StorageLocation location, int parallelism) {
        this.kafka = kafka;
        this.location = location;
        this.parallelism = parallelism;
    }

    /**
     * Compares all partitions.
     *
     * @param visitors makes who is shown the pairs of a partition; called once for each partition, from its thread
     * @return in the order of {@code partitions}
     * @throws dev.kafkabackup.error.BackupException if backup or target cannot be read
     */
    public List<ComparedPartition> compare(
            List<PlannedPartition> partitions, Extent extent, Function<PlannedPartition, PairVisitor> visitors) {
        ExecutorService threads = Executors.newFixedThreadPool(
                Math.max(1, Math.min(parallelism, partitions.size())), task -> new Thread(task, "restore-compare"));
        try {
            List<Future<ComparedPartition>> running = new ArrayList<>();
            for (PlannedPartition partition : partitions) {
                running.add(threads.submit(
                        () -> PartitionComparison.run(kafka, location, partition, extent, visitors.apply(partition))));
            }
            List<ComparedPartition> compared = new ArrayList<>();
            for (Future<ComparedPartition> partition : running) {
                compared.add(result(partition));
            }
            return compared;
        } finally {
            threads.shutdownNow();
        }
    }

    private static ComparedPartition result(Future<ComparedPartition> partition) {
        try {
            return partition.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new FailedException("The target cannot be compared: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("Interrupted while the target was compared", e);
        }
    }
}
