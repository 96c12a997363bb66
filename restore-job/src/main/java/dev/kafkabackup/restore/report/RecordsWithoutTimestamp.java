// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import dev.kafkabackup.offset.OffsetRange;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/**
 * Records without a timestamp that a restore met while it read a partition of the backup.
 *
 * @param partition partition number
 * @param topicId incarnation
 * @param offsets from the first of them up to behind the last
 * @param leftOut how many only the selected time range left out; 0 or more
 * @param restored how many were restored, with the timestamp 0; 0 or more
 */
public record RecordsWithoutTimestamp(int partition, Uuid topicId, OffsetRange offsets, long leftOut, long restored) {

    /** The first one of a partition. */
    public static RecordsWithoutTimestamp first(TopicIdPartition source, long offset, boolean restored) {
        return new RecordsWithoutTimestamp(
                source.partition(),
                source.topicId(),
                new OffsetRange(offset, offset + 1),
                restored ? 0 : 1,
                restored ? 1 : 0);
    }

    /** One more, behind the others. */
    public RecordsWithoutTimestamp and(long offset, boolean wasRestored) {
        return new RecordsWithoutTimestamp(
                partition,
                topicId,
                new OffsetRange(offsets.startOffset(), offset + 1),
                leftOut + (wasRestored ? 0 : 1),
                restored + (wasRestored ? 1 : 0));
    }

    boolean isOf(TopicIdPartition source) {
        return topicId.equals(source.topicId()) && partition == source.partition();
    }
}
