// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.PlannedSource;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What was restored of one partition. The offsets are null if it was nothing.
 *
 * @param partition partition number, the same in source and target
 * @param topicId the incarnation that they come from
 * @param records number of records produced
 * @param firstSourceOffset of the first record
 * @param lastSourceOffset of the last record
 * @param firstTargetOffset of the first record
 * @param lastTargetOffset of the last record
 * @param notSelectedAtMost number of records in the segments that were read beyond those that were produced: not
 *     selected, damaged, or in two segments; 0 or more
 * @param notInBackup offsets between the selected ones that the backup does not have
 * @param withoutTimestampLeftOut number of records that have no timestamp, which is why the selected time range left
 *     them out; of segments that were not read, because all timestamps in them lie outside of that range, nobody knows
 *     it; 0 or more
 * @param withoutTimestampRestored number of records that have no timestamp and were produced with 0; 0 or more
 */
public record PartitionReport(
        int partition,
        Uuid topicId,
        long records,
        @Nullable Long firstSourceOffset,
        @Nullable Long lastSourceOffset,
        @Nullable Long firstTargetOffset,
        @Nullable Long lastTargetOffset,
        long notSelectedAtMost,
        List<OffsetRange> notInBackup,
        long withoutTimestampLeftOut,
        long withoutTimestampRestored) {

    public PartitionReport {
        notInBackup = List.copyOf(notInBackup);
    }

    /** @param met records of this partition of the source */
    static PartitionReport of(
            int partition, PlannedSource source, List<OffsetMapRun> runs, List<RecordsWithoutTimestamp> met) {
        long leftOut = source.withoutTimestamp()
                + met.stream().mapToLong(RecordsWithoutTimestamp::leftOut).sum();
        long restored =
                met.stream().mapToLong(RecordsWithoutTimestamp::restored).sum();
        long records = runs.stream().mapToLong(OffsetMapRun::length).sum();
        long notSelected = Math.max(0, source.recordsAtMost() - records);
        if (runs.isEmpty()) {
            return new PartitionReport(
                    partition,
                    source.topicId(),
                    0,
                    null,
                    null,
                    null,
                    null,
                    notSelected,
                    source.gaps(),
                    leftOut,
                    restored);
        }
        OffsetMapRun first = runs.get(0);
        OffsetMapRun last = runs.get(runs.size() - 1);
        return new PartitionReport(
                partition,
                source.topicId(),
                records,
                first.sourceOffset(),
                last.sourceEndOffset() - 1,
                first.targetOffset(),
                last.targetEndOffset() - 1,
                notSelected,
                source.gaps(),
                leftOut,
                restored);
    }
}
