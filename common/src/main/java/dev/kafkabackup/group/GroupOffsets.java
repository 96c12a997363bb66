// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.group;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Committed offsets of all groups as of one moment. An offset outlives its incarnation here: Kafka forgets the offsets
 * of a deleted topic, and these are what consumers go on from after a restore.
 */
public final class GroupOffsets {

    private final Map<GroupOffset.Key, GroupOffset> offsets;
    private final Instant asOf;

    private GroupOffsets(Map<GroupOffset.Key, GroupOffset> offsets, Instant asOf) {
        this.offsets = offsets;
        this.asOf = asOf;
    }

    /** What results from the entries, oldest first; entries before the last full one are of no effect. */
    public static GroupOffsets of(Collection<GroupSnapshot> entries) {
        Map<GroupOffset.Key, GroupOffset> offsets = new HashMap<>();
        Instant asOf = Instant.EPOCH;
        for (GroupSnapshot entry : entries) {
            if (entry.full()) {
                offsets.clear();
            }
            entry.removed().forEach(removed -> offsets.remove(removed.key()));
            entry.offsets().forEach(offset -> offsets.put(offset.key(), offset));
            asOf = entry.takenAt();
        }
        return new GroupOffsets(offsets, asOf);
    }

    /** When the newest entry was taken; the epoch if there is none. */
    public Instant asOf() {
        return asOf;
    }

    /** All offsets, sorted by group, topic, incarnation and partition. */
    public List<GroupOffset> all() {
        List<GroupOffset> all = new ArrayList<>(offsets.values());
        all.sort(GroupOffset.ORDER);
        return all;
    }
}
