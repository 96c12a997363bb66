// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.restore.record.RestoreRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came out of the comparison of one partition.
 *
 * @param partition what was planned for it
 * @param records number of records from the first one on that are equal; 0 or more
 * @param last the last of them; null if there is none
 * @param complete whether these are all records that were planned
 * @param difference the first difference, if there is one
 */
public record ComparedPartition(
        PlannedPartition partition,
        long records,
        @Nullable RestoreRecord last,
        boolean complete,
        Optional<Difference> difference) {}
