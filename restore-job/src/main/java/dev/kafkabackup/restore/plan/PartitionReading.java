// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.retention.LateRead;
import dev.kafkabackup.storage.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.Uuid;

/** Turns the listing of one partition into what is to be read of it. */
final class PartitionReading {

    /** One changed character cannot make a segment's name differ from both. */
    private static final Pattern LIKE_A_SEGMENT = Pattern.compile("(\\d{20})_(\\d{20})_.*|.*\\.parquet");

    private PartitionReading() {}

    /** Nothing: the partition has no folder, because it never had a record. */
    static PlannedSource none(Uuid topicId) {
        return new PlannedSource(
                topicId, List.of(), 0, true, 0, 0, -1, -1, List.of(), List.of(), List.of(), List.of(), List.of(), 0L);
    }

    /**
     * @param readLate offsets of the partition among which tombstones may be missing
     * @param expiredUpTo below this offset a hole is expiry and no gap; 0 or more
     */
    static PlannedSource of(
            PartitionSegments listed, RecordSelection selection, List<LateRead> readLate, long expiredUpTo) {
        int partition = listed.partition().partition();
        OffsetRange selected = selection.offsetsOf(partition);
        List<OffsetRange> wanted = new ArrayList<>();
        List<OffsetRange> withoutRecords = new ArrayList<>();
        long records = 0;
        long bytes = 0;
        long minTimestamp = -1;
        long maxTimestamp = -1;
        long end = 0;
        long withoutTimestamp = 0;
        boolean exact = true;
        for (SegmentSlice slice : listed.slices()) {
            if (slice.name().records() == 0) {
                withoutRecords.add(slice.valid());
            }
            if (!selection.mayBeIn(partition, slice.name())) {
                if (selection.isRuledOutWithoutTimestamps(partition, slice.name())) {
                    withoutTimestamp += slice.name().records();
                }
                continue;
            }
            wanted.add(slice.valid());
            records += slice.name().records();
            bytes += slice.name().sizeBytes();
            exact &= slice.valid().equals(slice.name().range())
                    && slice.valid().startOffset() >= end
                    && selection.wantsAllOf(partition, slice.name());
            end = Math.max(end, slice.valid().endOffset());
            maxTimestamp = Math.max(maxTimestamp, slice.name().maxTimestamp());
            minTimestamp = earlier(minTimestamp, slice.name().minTimestamp());
        }
        List<OffsetRange> offsets = within(selected, toRead(wanted, withoutRecords));
        Coverage coverage = listed.coverage();
        return new PlannedSource(
                listed.partition().topicId(),
                offsets,
                records,
                exact,
                wanted.size(),
                bytes,
                minTimestamp,
                maxTimestamp,
                within(selected, within(notBelow(expiredUpTo), coverage.holes())),
                within(selected, overruled(listed, coverage)),
                damaged(listed, coverage, selected),
                readLate.stream()
                        .filter(late -> late.offsets().intersection(selected).isPresent())
                        .toList(),
                expiredUpTo == 0
                        ? List.of()
                        : within(selected, within(new OffsetRange(0, expiredUpTo), coverage.holes())),
                withoutTimestamp);
    }

    private static OffsetRange notBelow(long offset) {
        return new OffsetRange(offset, Long.MAX_VALUE);
    }

    private static long earlier(long one, long other) {
        return one < 0 ? other : other < 0 ? one : Math.min(one, other);
    }

    /** Segments without records between wanted ones: with them, a plan of very many segments has few ranges. */
    private static List<OffsetRange> toRead(List<OffsetRange> wanted, List<OffsetRange> withoutRecords) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        Coverage alone = Coverage.of(wanted);
        if (withoutRecords.isEmpty()) {
            return alone.ranges();
        }
        List<OffsetRange> all = new ArrayList<>(wanted);
        all.addAll(within(new OffsetRange(alone.startOffset(), alone.endOffset()), withoutRecords));
        return Coverage.of(all).ranges();
    }

    private static List<OffsetRange> overruled(PartitionSegments listed, Coverage coverage) {
        List<OffsetRange> overruled = new ArrayList<>();
        for (Segment segment : listed.segments()) {
            OffsetRange range = segment.name().range();
            long start = coverage.firstUncovered(range.startOffset());
            while (start < range.endOffset()) {
                long end = Math.min(range.endOffset(), coverage.firstCovered(start));
                overruled.add(new OffsetRange(start, end));
                start = coverage.firstUncovered(end);
            }
        }
        return Coverage.of(overruled).ranges();
    }

    private static List<OffsetRange> within(OffsetRange bounds, List<OffsetRange> ranges) {
        return ranges.stream()
                .flatMap(range -> range.intersection(bounds).stream())
                .toList();
    }

    private static List<Damage> damaged(PartitionSegments listed, Coverage coverage, OffsetRange selected) {
        List<Damage> damaged = new ArrayList<>();
        for (StoredObject object : listed.rejected()) {
            Matcher name = LIKE_A_SEGMENT.matcher(object.fileName());
            if (!name.matches()) {
                continue;
            }
            Optional<OffsetRange> range = range(name);
            // with a range that is covered it was replaced; outside of the selection nobody asks for it
            if (range.isEmpty()
                    || (range.get().intersection(selected).isPresent()
                            && coverage.firstUncovered(range.get().startOffset())
                                    < range.get().endOffset())) {
                damaged.add(new Damage(
                        listed.partition().partition(),
                        listed.partition().topicId(),
                        object.path(),
                        range.orElse(null),
                        "its name is not a segment's, or it does not have the size that its name says"));
            }
        }
        return damaged;
    }

    private static Optional<OffsetRange> range(Matcher name) {
        if (name.group(1) == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new OffsetRange(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
