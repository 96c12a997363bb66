// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.TimeRange;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.segment.SegmentRecord;
import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.kafka.common.TopicIdPartition;

/**
 * One partition to restore: all of its planned segments, in one task from the first record to the last, which keeps its
 * order.
 *
 * @param source the partition in the backup
 * @param target name of the topic to restore into
 * @param time wanted records by timestamp
 * @param nextOffset smallest source offset that has not been emitted yet
 * @param slices what is to be read, by start offset
 */
record SegmentSplit(TopicIdPartition source, String target, TimeRange time, long nextOffset, List<SegmentSlice> slices)
        implements SourceSplit {

    SegmentSplit {
        slices = List.copyOf(slices);
    }

    static SegmentSplit of(TopicPlan topic, PartitionPlan partition) {
        return new SegmentSplit(
                topic.incarnation().partition(partition.partition()),
                topic.target(),
                topic.time(),
                0,
                partition.slices());
    }

    @Override
    public String splitId() {
        return source.topicId() + "-" + source.partition();
    }

    /** The same split after everything before an offset was emitted; segments that hold nothing else are dropped. */
    SegmentSplit from(long offset) {
        return new SegmentSplit(
                source,
                target,
                time,
                offset,
                slices.stream()
                        .filter(slice -> slice.valid().endOffset() > offset)
                        .toList());
    }

    /** Whether a record of this partition is to be restored. */
    boolean wants(SegmentRecord record) {
        return time.contains(record.timestamp());
    }

    /** Size of the segments that are still to be read. */
    long bytes() {
        return slices.stream().mapToLong(slice -> slice.name().sizeBytes()).sum();
    }

    /** Short, because Flink logs it. */
    @Override
    public String toString() {
        return "%s from offset %d (%d segments)".formatted(source, nextOffset, slices.size());
    }
}
