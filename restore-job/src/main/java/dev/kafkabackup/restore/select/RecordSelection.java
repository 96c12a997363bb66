// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.select;

import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which records of a topic are wanted: those that every part of it lets through. Stored with the plan and in the job's
 * state; {@link RecordPredicate} applies it.
 *
 * @param time wanted timestamps
 * @param skippedTimes timestamps that are not wanted; records without a timestamp are in none of them
 * @param offsets wanted source offsets by partition; all offsets of partitions that are missing
 * @param skippedOffsets source offsets by partition that are not wanted
 * @param where conditions on key and headers, which must all be met
 * @param filterClass name of a {@link RecordFilter}; null for none
 */
public record RecordSelection(
        TimeRange time,
        List<TimeRange> skippedTimes,
        Map<Integer, OffsetRange> offsets,
        Map<Integer, List<OffsetRange>> skippedOffsets,
        List<Condition> where,
        @Nullable String filterClass) {

    /** Every record. */
    public static final RecordSelection ALL = of(TimeRange.UNBOUNDED);

    public RecordSelection {
        skippedTimes = List.copyOf(skippedTimes);
        offsets = new TreeMap<>(offsets);
        skippedOffsets = new TreeMap<>(skippedOffsets);
        where = List.copyOf(where);
    }

    /** Every record of a time range. */
    public static RecordSelection of(TimeRange time) {
        return new RecordSelection(time, List.of(), Map.of(), Map.of(), List.of(), null);
    }

    /** Whether every record is wanted. */
    public boolean wantsAll() {
        return equals(ALL);
    }

    /** Whether it goes by offsets, which mean something else in each incarnation of a topic. */
    public boolean namesOffsets() {
        return !offsets.isEmpty() || !skippedOffsets.isEmpty();
    }

    /** Numbers of the partitions for which offsets are given. */
    public Set<Integer> partitionsWithOffsets() {
        Set<Integer> partitions = new TreeSet<>(offsets.keySet());
        partitions.addAll(skippedOffsets.keySet());
        return partitions;
    }

    /** Offsets that are wanted of a partition, whatever is skipped; empty bounds nothing. */
    public OffsetRange offsetsOf(int partition) {
        return offsets.getOrDefault(partition, new OffsetRange(0, Long.MAX_VALUE));
    }

    /**
     * Whether a segment may hold wanted records, as far as its name says: false only if it certainly holds none. A
     * skipped time rules out no segment, because its name says nothing about records without a timestamp.
     */
    public boolean mayBeIn(int partition, SegmentName segment) {
        return time.mayBeIn(segment) && mayBeInAtAnyTime(partition, segment);
    }

    /** Whether no record of a segment has a timestamp, and the time range therefore rules it out. */
    public boolean isRuledOutWithoutTimestamps(int partition, SegmentName segment) {
        return segment.maxTimestamp() < 0 && !time.mayBeIn(segment) && mayBeInAtAnyTime(partition, segment);
    }

    private boolean mayBeInAtAnyTime(int partition, SegmentName segment) {
        OffsetRange wanted = offsetsOf(partition);
        return segment.records() > 0
                && segment.range().startOffset() < wanted.endOffset()
                && segment.range().endOffset() > wanted.startOffset()
                && !skips(partition, segment.range());
    }

    private boolean skips(int partition, OffsetRange range) {
        List<OffsetRange> skipped = skippedOffsets.get(partition);
        return skipped != null && Coverage.of(skipped).firstUncovered(range.startOffset()) >= range.endOffset();
    }

    /** Whether every record of a segment is wanted, as far as its name says: true only if that is certain. */
    public boolean wantsAllOf(int partition, SegmentName segment) {
        OffsetRange wanted = offsetsOf(partition);
        List<OffsetRange> skipped = skippedOffsets.get(partition);
        return time.wantsAll()
                && skippedTimes.isEmpty()
                && where.isEmpty()
                && filterClass == null
                && segment.range().startOffset() >= wanted.startOffset()
                && segment.range().endOffset() <= wanted.endOffset()
                && (skipped == null
                        || Coverage.of(skipped).firstCovered(segment.range().startOffset())
                                >= segment.range().endOffset());
    }
}
