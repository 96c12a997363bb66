// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import java.util.List;
import java.util.OptionalLong;

/**
 * What one partition of the target gets: records of the partitions of the same number in one or several incarnations,
 * one incarnation after the other.
 *
 * @param partition partition number, in all sources and in the target; 0 or more
 * @param targetStartOffset end of the target partition before the restore; 0 in a topic that the restore creates
 * @param sources in the order in which they are produced; an incarnation with fewer partitions is missing
 */
public record PartitionPlan(int partition, long targetStartOffset, List<PlannedSource> sources) {

    public PartitionPlan {
        sources = List.copyOf(sources);
    }

    /** The same plan, for a target partition that ends at this offset. */
    public PartitionPlan withTargetStartOffset(long offset) {
        return new PartitionPlan(partition, offset, sources);
    }

    /** Whether there is nothing to read. */
    public boolean isEmpty() {
        return sources.stream().allMatch(PlannedSource::isEmpty);
    }

    /** Number of records in the segments; more than will be produced where they are not {@link #exactRecords exact}. */
    public long recordsAtMost() {
        return sources.stream().mapToLong(PlannedSource::recordsAtMost).sum();
    }

    /** Size of the segments to read. */
    public long bytes() {
        return sources.stream().mapToLong(PlannedSource::bytes).sum();
    }

    /** How many records will be produced, where the segments' names alone say it. */
    public OptionalLong exactRecords() {
        return sources.stream().allMatch(PlannedSource::exact)
                ? OptionalLong.of(recordsAtMost())
                : OptionalLong.empty();
    }
}
