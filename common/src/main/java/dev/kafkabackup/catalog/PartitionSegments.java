// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.StoredObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;

/** All segments of one partition, from one listing. Immutable. */
public final class PartitionSegments {

    private static final Comparator<Segment> BY_START = Comparator.comparingLong(
                    (Segment segment) -> segment.name().range().startOffset())
            .thenComparingLong(segment -> segment.name().range().endOffset())
            .thenComparingInt(segment -> segment.name().leaderEpoch())
            .thenComparing(segment -> segment.name().fileName());

    private final TopicIdPartition partition;
    private final List<Segment> segments;
    private final List<StoredObject> rejected;
    private final List<SegmentSlice> slices;
    private final Coverage coverage;

    private PartitionSegments(
            TopicIdPartition partition,
            List<Segment> segments,
            List<StoredObject> rejected,
            List<SegmentSlice> slices) {
        this.partition = partition;
        this.segments = segments;
        this.rejected = List.copyOf(rejected);
        this.slices = slices;
        this.coverage = Coverage.of(slices.stream().map(SegmentSlice::valid).toList());
    }

    /** Takes the listing of the partition's folder. */
    static PartitionSegments of(TopicIdPartition partition, Collection<StoredObject> listing) {
        List<Segment> segments = new ArrayList<>();
        List<StoredObject> rejected = new ArrayList<>();
        for (StoredObject object : listing) {
            Optional<SegmentName> name = SegmentName.parse(object.fileName());
            if (name.isPresent() && name.get().sizeBytes() == object.sizeBytes()) {
                segments.add(new Segment(partition, name.get(), object.modifiedAt()));
            } else {
                rejected.add(object);
            }
        }
        return of(partition, segments, rejected);
    }

    private static PartitionSegments of(
            TopicIdPartition partition, List<Segment> segments, List<StoredObject> rejected) {
        List<Segment> sorted = segments.stream().sorted(BY_START).toList();
        return new PartitionSegments(partition, sorted, rejected, slices(sorted));
    }

    /**
     * Where segments of different leader epochs meet, the log was truncated: the higher epoch counts from its start on,
     * and what an older leader had behind that point is not part of the log. An unknown epoch (-1) is lower than any.
     */
    private static List<SegmentSlice> slices(List<Segment> segments) {
        // sorted by start: the first one of an epoch has its smallest
        NavigableMap<Integer, Long> startByEpoch = new TreeMap<>();
        for (Segment segment : segments) {
            startByEpoch.putIfAbsent(
                    segment.name().leaderEpoch(), segment.name().range().startOffset());
        }
        if (startByEpoch.size() <= 1) {
            return segments.stream()
                    .map(segment ->
                            new SegmentSlice(segment.name(), segment.name().range()))
                    .toList();
        }
        // from the highest epoch down: the smallest start among all higher epochs
        NavigableMap<Integer, Long> overruledFrom = new TreeMap<>();
        long smallest = Long.MAX_VALUE;
        for (Map.Entry<Integer, Long> epoch : startByEpoch.descendingMap().entrySet()) {
            overruledFrom.put(epoch.getKey(), smallest);
            smallest = Math.min(smallest, epoch.getValue());
        }
        List<SegmentSlice> slices = new ArrayList<>();
        for (Segment segment : segments) {
            OffsetRange range = segment.name().range();
            long end = Math.min(
                    range.endOffset(), overruledFrom.getOrDefault(segment.name().leaderEpoch(), Long.MAX_VALUE));
            if (end > range.startOffset()) {
                slices.add(new SegmentSlice(
                        segment.name(), end == range.endOffset() ? range : new OffsetRange(range.startOffset(), end)));
            }
        }
        return List.copyOf(slices);
    }

    /** What would be left if these were removed. */
    public PartitionSegments without(Set<SegmentName> removed) {
        return of(
                partition,
                segments.stream()
                        .filter(segment -> !removed.contains(segment.name()))
                        .toList(),
                rejected);
    }

    /**
     * What can be read if these cannot. They are still there, so what they overrule stays overruled: {@link #without}
     * them, records that an unclean leader election took out of the log would count again.
     */
    public PartitionSegments notReading(Set<SegmentName> damaged) {
        return new PartitionSegments(
                partition,
                segments.stream()
                        .filter(segment -> !damaged.contains(segment.name()))
                        .toList(),
                rejected,
                slices.stream().filter(slice -> !damaged.contains(slice.name())).toList());
    }

    /** The partition. */
    public TopicIdPartition partition() {
        return partition;
    }

    /** Every segment, by start offset. */
    public List<Segment> segments() {
        return segments;
    }

    /** Objects that are no segments: foreign names, or a size that differs from the name. They cover nothing. */
    public List<StoredObject> rejected() {
        return rejected;
    }

    /** What is to be read of each segment, by start offset; their union is the partition. */
    public List<SegmentSlice> slices() {
        return slices;
    }

    /** The offsets that are covered. */
    public Coverage coverage() {
        return coverage;
    }

    /** Highest leader epoch of the segment that covers the offset before this one; -1 if unknown. */
    public int leaderEpochBefore(long offset) {
        return slices.stream()
                .filter(slice -> slice.valid().contains(offset - 1))
                .mapToInt(slice -> slice.name().leaderEpoch())
                .max()
                .orElse(-1);
    }
}
