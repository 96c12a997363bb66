// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition of the target: everything that goes there, in one task from the first record to the last, which keeps
 * its order. It names offsets and no segments: those are listed when they are read.
 *
 * @param target the partition to restore into
 * @param selection which records are wanted
 * @param onCorrupt what is done about damage
 * @param nextOffset smallest offset of the first source that has not been emitted yet
 * @param sources what is still to be read, in this order
 */
record SegmentSplit(
        TopicPartition target,
        RecordSelection selection,
        OnCorrupt onCorrupt,
        long nextOffset,
        List<SourceOffsets> sources)
        implements SourceSplit {

    SegmentSplit {
        sources = List.copyOf(sources);
    }

    static SegmentSplit of(RestorePlan plan, TopicPlan topic, PartitionPlan partition) {
        return new SegmentSplit(
                new TopicPartition(topic.target(), partition.partition()),
                topic.selection(),
                plan.onCorrupt(),
                0,
                partition.sources().stream()
                        .filter(source -> !source.isEmpty())
                        .map(source ->
                                new SourceOffsets(topic.source(partition, source), source.offsets(), source.bytes()))
                        .toList());
    }

    @Override
    public String splitId() {
        return target.toString();
    }

    /** The same split after all sources before one, and all offsets of that one before an offset, were emitted. */
    SegmentSplit from(TopicIdPartition source, long offset) {
        return new SegmentSplit(
                target,
                selection,
                onCorrupt,
                offset,
                sources.stream()
                        .dropWhile(left -> !left.partition().equals(source))
                        .toList());
    }

    /** Size of the segments that were planned for what is still to be read. */
    long bytes() {
        return sources.stream().mapToLong(SourceOffsets::bytes).sum();
    }

    /** Number of offsets that the sources have, those included that were read before. */
    long plannedOffsets() {
        return sources.stream()
                .flatMap(source -> source.offsets().stream())
                .mapToLong(OffsetRange::length)
                .sum();
    }

    /** Number of offsets that are still to be read; no more records than that are still to come. */
    long offsetsLeft() {
        long left = 0;
        for (int i = 0; i < sources.size(); i++) {
            for (OffsetRange range : sources.get(i).offsets()) {
                long start = i == 0 ? Math.max(nextOffset, range.startOffset()) : range.startOffset();
                left += Math.max(0, range.endOffset() - start);
            }
        }
        return left;
    }

    /** Short, because Flink logs it. */
    @Override
    public String toString() {
        return "%s from offset %d of %s"
                .formatted(
                        target,
                        nextOffset,
                        sources.stream().map(SourceOffsets::partition).toList());
    }
}
