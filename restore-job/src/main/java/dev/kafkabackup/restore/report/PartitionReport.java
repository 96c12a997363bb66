// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import dev.kafkabackup.offset.OffsetMapRun;
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
 */
public record PartitionReport(
        int partition,
        Uuid topicId,
        long records,
        @Nullable Long firstSourceOffset,
        @Nullable Long lastSourceOffset,
        @Nullable Long firstTargetOffset,
        @Nullable Long lastTargetOffset) {

    static PartitionReport of(int partition, Uuid topicId, List<OffsetMapRun> runs) {
        if (runs.isEmpty()) {
            return new PartitionReport(partition, topicId, 0, null, null, null, null);
        }
        OffsetMapRun first = runs.get(0);
        OffsetMapRun last = runs.get(runs.size() - 1);
        return new PartitionReport(
                partition,
                topicId,
                runs.stream().mapToLong(OffsetMapRun::length).sum(),
                first.sourceOffset(),
                last.sourceEndOffset() - 1,
                first.targetOffset(),
                last.targetEndOffset() - 1);
    }
}
