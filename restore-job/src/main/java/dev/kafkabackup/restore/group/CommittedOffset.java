// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.group.GroupOffset;
import java.time.Instant;

/**
 * What a group had committed in the source, and how that is known.
 *
 * @param offset from the backup's group snapshots, never derived from record timestamps
 * @param basis which snapshot was taken
 * @param snapshotAt when the newest entry of the history that was looked at was written; what the group committed after
 *     that is not known
 * @param newestOffset the last offset that is known of the group, whatever moment was asked for: {@code offset} or
 *     another one
 */
public record CommittedOffset(GroupOffset offset, Basis basis, Instant snapshotAt, long newestOffset) {

    /** Which moment the offsets are of. */
    public enum Basis {
        /** The incarnation was deleted: the last ones before that was proven. */
        DELETION,
        /** The incarnation is live, as far as the backup knows: the last ones. */
        NEWEST,
        /** The user asked for a moment. */
        AS_OF
    }
}
