// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.segment.SegmentRecord;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;

/**
 * What one poll brought of one partition: every record that Kafka served between two positions. If both are the same, a
 * notice of where reading goes on.
 *
 * @param partition partition and incarnation
 * @param startOffset the reader's position before the poll; 0 or more
 * @param endOffset its position after the poll, at least {@code startOffset}; offsets without a record in between were
 *     not served (compacted away, transaction markers, aborted)
 * @param leaderEpoch leader epoch of the position after the poll; -1 if unknown
 * @param records in offset order, all within the two positions; may be empty. Not copied, not to be changed
 */
public record PartitionBatch(
        TopicIdPartition partition, long startOffset, long endOffset, int leaderEpoch, List<SegmentRecord> records) {

    /** @throws IllegalArgumentException if there is no such range, or a notice has records */
    public PartitionBatch {
        if (startOffset < 0 || endOffset < startOffset || (endOffset == startOffset && !records.isEmpty())) {
            throw new IllegalArgumentException(
                    "A batch of %s cannot range from %d to %d".formatted(partition, startOffset, endOffset));
        }
    }

    /**
     * A notice in place of a batch: reading of the partition goes on at this offset. Given when the partition is opened
     * and whenever its position moves without a batch.
     */
    static PartitionBatch position(TopicIdPartition partition, long offset) {
        return new PartitionBatch(partition, offset, offset, -1, List.of());
    }

    /** A notice in place of a batch: the partition is read no more, because its incarnation is gone. */
    static PartitionBatch ended(TopicIdPartition partition) {
        return position(partition, Long.MAX_VALUE);
    }

    /** Whether this only tells where reading goes on. */
    public boolean isNotice() {
        return startOffset == endOffset;
    }

    /** Whether this only tells that the incarnation is gone. */
    public boolean isEndOfIncarnation() {
        return isNotice() && startOffset == Long.MAX_VALUE;
    }

    /** Where it comes from, without content. */
    @Override
    public String toString() {
        return "%s [%d, %d), %d records".formatted(partition, startOffset, endOffset, records.size());
    }
}
