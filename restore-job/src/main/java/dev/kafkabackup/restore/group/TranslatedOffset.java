// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.offset.OffsetMap;
import java.util.Optional;

/**
 * A committed offset from the backup and where its group goes on after the restore.
 *
 * @param committed what the group had committed in the source
 * @param target where it goes on; empty if the partition was not part of the restore, whose offset then stays as it is
 * @param recordsToGo number of restored records that the group has not consumed; 0 or more
 */
public record TranslatedOffset(GroupOffset committed, Optional<OffsetMap.Translation> target, long recordsToGo) {}
