// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A segment and the one that may stand for it, as far as names can tell: its valid part lies within the other one's,
 * which are of the same leader epoch then. Whether the other one holds the same records is for its content to say.
 *
 * <p>Of two segments with the same range one only can stand for the other, and everybody who looks at the same objects
 * picks the same one: two maintenances at once never remove both.
 *
 * @param replaced may be removed if the content says so
 * @param by stays
 */
public record Replacement(SegmentSlice replaced, SegmentSlice by) {

    /**
     * A segment stands only for those before it in this order, so that no two stand for each other. Of the same range,
     * one whose end was overruled would be in the way of what expires, and only the one with more records may hold
     * those of the other.
     */
    private static final Comparator<SegmentSlice> RANK = Comparator.comparingLong(
                    (SegmentSlice slice) -> slice.valid().length())
            .thenComparing(Replacement::isWhole)
            .thenComparingLong(slice -> slice.name().records())
            .thenComparing(slice -> slice.name().fileName());

    /** For every segment that another one may stand for, the largest such one; by start offset. */
    static List<Replacement> in(PartitionSegments segments) {
        List<Replacement> replacements = new ArrayList<>();
        List<SegmentSlice> slices = segments.slices();
        // those that reach beyond the start of the one that is looked at
        List<SegmentSlice> reaching = new ArrayList<>();
        int next = 0;
        for (SegmentSlice slice : slices) {
            long start = slice.valid().startOffset();
            reaching.removeIf(other -> other.valid().endOffset() <= start);
            while (next < slices.size() && slices.get(next).valid().startOffset() <= start) {
                reaching.add(slices.get(next));
                next++;
            }
            reaching.stream()
                    .filter(other -> canStandFor(other, slice))
                    .max(RANK)
                    .ifPresent(by -> replacements.add(new Replacement(slice, by)));
        }
        return replacements;
    }

    /** Segments that another one may stand for, as far as names can tell, each with that one. */
    public static Map<SegmentName, SegmentName> standIns(PartitionSegments segments) {
        Map<SegmentName, SegmentName> standIns = new LinkedHashMap<>();
        in(segments)
                .forEach(replacement -> standIns.put(
                        replacement.replaced().name(), replacement.by().name()));
        return standIns;
    }

    private static boolean canStandFor(SegmentSlice other, SegmentSlice slice) {
        OffsetRange range = slice.valid();
        return other.valid().startOffset() <= range.startOffset()
                && other.valid().endOffset() >= range.endOffset()
                && RANK.compare(other, slice) > 0;
    }

    private static boolean isWhole(SegmentSlice slice) {
        return slice.valid().equals(slice.name().range());
    }
}
