// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.group;

import java.time.Instant;
import java.util.List;

/**
 * One entry in the history of committed offsets: everything that is known, or what changed since the entry before.
 *
 * @param takenAt when the offsets were read, by the host's clock
 * @param full whether this is everything; if not, only changes
 * @param offsets committed offsets, or those that changed
 * @param removed offsets that a group gave up (expired, deleted, group deleted) while the incarnation was live; empty
 *     if full
 */
public record GroupSnapshot(Instant takenAt, boolean full, List<GroupOffset> offsets, List<GroupOffset> removed) {

    public GroupSnapshot {
        offsets = List.copyOf(offsets);
        removed = List.copyOf(removed);
    }
}
