// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import java.util.Map;
import java.util.TreeMap;

/**
 * Whether an incarnation of a compacted topic is read in time. Immutable.
 *
 * @param formatVersion of the stored object, {@link #FORMAT_VERSION}
 * @param partitions by partition number; those that were never looked at are missing
 */
public record ReadingState(int formatVersion, Map<Integer, ReadProgress> partitions) {

    /** Newest version of the stored object, and the one that is written. */
    public static final int FORMAT_VERSION = 1;

    /** Nothing is known. */
    public static final ReadingState NONE = new ReadingState(FORMAT_VERSION, Map.of());

    public ReadingState {
        partitions = new TreeMap<>(partitions);
    }

    /** The same with another knowledge of one partition. */
    public ReadingState with(int number, ReadProgress partition) {
        Map<Integer, ReadProgress> changed = new TreeMap<>(partitions);
        changed.put(number, partition);
        return new ReadingState(FORMAT_VERSION, changed);
    }

    /** What one observer knows and what another one knows. */
    ReadingState with(ReadingState other) {
        Map<Integer, ReadProgress> all = new TreeMap<>(partitions);
        other.partitions.forEach((number, partition) -> all.merge(number, partition, ReadProgress::with));
        return new ReadingState(FORMAT_VERSION, all);
    }
}
