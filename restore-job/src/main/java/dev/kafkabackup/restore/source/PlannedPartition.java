// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.storage.BackupStorage;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

/** A partition of the target and what a plan says that it gets. Immutable. */
public final class PlannedPartition {

    private final TopicPartition target;
    private final long targetStartOffset;
    private final List<SegmentSplit> splits;

    private PlannedPartition(TopicPartition target, long targetStartOffset, List<SegmentSplit> splits) {
        this.target = target;
        this.targetStartOffset = targetStartOffset;
        this.splits = List.copyOf(splits);
    }

    /** Every target partition of a plan, in its order; also those that get no record. */
    public static List<PlannedPartition> of(RestorePlan plan) {
        return plan.topics().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new PlannedPartition(
                                new TopicPartition(topic.target(), partition.partition()),
                                partition.targetStartOffset(),
                                List.of(SegmentSplit.of(topic, partition)))))
                .toList();
    }

    /** Where the records go. */
    public TopicPartition target() {
        return target;
    }

    /** End of the target partition before the restore. */
    public long targetStartOffset() {
        return targetStartOffset;
    }

    /** Where the records come from, in the order in which they are produced. */
    public List<TopicIdPartition> sources() {
        return splits.stream().map(SegmentSplit::source).toList();
    }

    List<SegmentSplit> splits() {
        return splits;
    }

    /**
     * The records that the partition gets, from the first one on, in the order in which they are produced.
     *
     * @param storage where the backup lies; stays the caller's to close
     */
    public PlannedRecords records(BackupStorage storage) {
        return new PlannedRecords(splits, storage);
    }
}
