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
 * @param gapStartOffset from here up to {@code startOffset} Kafka has nothing any more and nothing is covered; equal to
 *     {@code startOffset} if there is no such gap
 * @param startOffset the reader's position before the poll; 0 or more
 * @param endOffset its position after the poll, at least {@code startOffset}; offsets without a record in between were
 *     not served (compacted away, transaction markers, aborted)
 * @param leaderEpoch leader epoch of the position after the poll; -1 if unknown
 * @param records in offset order, all within the two positions; may be empty. Not copied, not to be changed
 */
public record PartitionBatch(
        TopicIdPartition partition,
        long gapStartOffset,
        long startOffset,
        long endOffset,
        int leaderEpoch,
        List<SegmentRecord> records) {

    /** @throws IllegalArgumentException if there is no such range, or a notice has records */
    public PartitionBatch {
        boolean notice = endOffset == startOffset && gapStartOffset == startOffset && records.isEmpty();
        if (gapStartOffset < 0 || gapStartOffset > startOffset || (endOffset <= startOffset && !notice)) {
            throw new IllegalArgumentException("A batch of %s cannot range from %d to %d behind a gap from %d"
                    .formatted(partition, startOffset, endOffset, gapStartOffset));
        }
    }

    /** A batch that does not follow a gap. */
    public PartitionBatch(
            TopicIdPartition partition,
            long startOffset,
            long endOffset,
            int leaderEpoch,
            List<SegmentRecord> records) {
        this(partition, startOffset, startOffset, endOffset, leaderEpoch, records);
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

    /** Uncompressed size of keys, values and headers in bytes. */
    long payloadBytes() {
        long bytes = 0;
        for (SegmentRecord record : records) {
            bytes += record.payloadBytes();
        }
        return bytes;
    }

    /** Where it comes from, without content. */
    @Override
    public String toString() {
        return "%s [%d, %d), %d records".formatted(partition, startOffset, endOffset, records.size());
    }
}
