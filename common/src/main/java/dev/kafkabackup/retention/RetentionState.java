// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of one incarnation's retention in Kafka. Immutable.
 *
 * @param partitions by partition number
 * @param gone whether Kafka has the incarnation: 1 where it was proven deleted, 0 where it was there
 */
public record RetentionState(Map<Integer, PartitionRetention> partitions, Sightings gone) {

    /** Nothing is known. */
    public static final RetentionState NONE = new RetentionState(Map.of(), Sightings.NONE);

    /** Value of a sighting of an incarnation that Kafka has. */
    public static final long THERE = 0;

    /** Value of a sighting of an incarnation that was proven deleted. */
    public static final long GONE = 1;

    public RetentionState {
        partitions = new TreeMap<>(partitions);
    }

    /** One partition; nothing is known of it if it was never looked at. */
    public PartitionRetention partition(int number) {
        return partitions.getOrDefault(number, PartitionRetention.NONE);
    }

    /** The same with another knowledge of one partition. */
    public RetentionState with(int number, PartitionRetention partition) {
        Map<Integer, PartitionRetention> changed = new TreeMap<>(partitions);
        changed.put(number, partition);
        return new RetentionState(changed, gone);
    }

    /** The same after one more look at whether it is there. */
    public RetentionState withGone(Sightings seen) {
        return new RetentionState(partitions, seen);
    }

    /** What one observer knows and what another one knows. */
    public RetentionState with(RetentionState other) {
        Map<Integer, PartitionRetention> all = new TreeMap<>(partitions);
        other.partitions.forEach((number, partition) -> all.merge(number, partition, PartitionRetention::with));
        return new RetentionState(all, gone.with(other.gone));
    }
}
