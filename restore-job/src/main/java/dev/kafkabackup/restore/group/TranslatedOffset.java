// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.offset.OffsetMap;
import java.util.Optional;

/**
 * A committed offset from the backup and where its group goes on after the restore.
 *
 * @param committed what the group had committed in the source
 * @param target where it goes on; empty if the partition was not part of the restore, whose offset then stays as it is
 * @param recordsToGo number of records of this restore that the group will read; 0 or more. What others have put behind
 *     them, be it another restore, is not counted
 * @param seenTwiceAtLeast how many of them it had read before, as far as later snapshots tell; 0 or more
 */
public record TranslatedOffset(
        CommittedOffset committed, Optional<OffsetMap.Translation> target, long recordsToGo, long seenTwiceAtLeast) {

    /**
     * How many records the group may see twice, at most: what it read after its last known commit is not known, so that
     * it may have been everything that it will read.
     */
    public long seenTwiceAtMost() {
        return recordsToGo;
    }
}
