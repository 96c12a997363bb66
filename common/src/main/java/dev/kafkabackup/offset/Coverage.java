// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which offsets of one partition are covered: an immutable set of offsets, kept as disjoint ranges that do not touch.
 *
 * <p>What is covered is not read again; what is not covered below something covered is a hole, and a gap once Kafka
 * cannot serve it any more.
 */
public final class Coverage {

    /** Covers nothing. */
    public static final Coverage NONE = new Coverage(List.of());

    /** Start offset to end offset, disjoint, never touching. */
    private final NavigableMap<Long, Long> endByStart = new TreeMap<>();

    private Coverage(Collection<OffsetRange> ranges) {
        if (ranges.isEmpty()) {
            return;
        }
        List<OffsetRange> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(OffsetRange::startOffset));
        long start = sorted.get(0).startOffset();
        long end = start;
        for (OffsetRange range : sorted) {
            if (range.startOffset() > end) {
                endByStart.put(start, end);
                start = range.startOffset();
            }
            end = Math.max(end, range.endOffset());
        }
        endByStart.put(start, end);
    }

    /** The union of the ranges, which may overlap and come in any order. */
    public static Coverage of(Collection<OffsetRange> ranges) {
        return new Coverage(ranges);
    }

    /**
     * The smallest uncovered offset at or above the given one: where reading begins, when the given one is Kafka's log
     * start offset.
     */
    public long firstUncovered(long fromOffset) {
        Map.Entry<Long, Long> range = endByStart.floorEntry(fromOffset);
        return range != null && range.getValue() > fromOffset ? range.getValue() : fromOffset;
    }

    /**
     * The smallest covered offset at or above the given one, or {@link Long#MAX_VALUE}: how far reading may go from
     * there.
     */
    public long firstCovered(long fromOffset) {
        if (firstUncovered(fromOffset) > fromOffset) {
            return fromOffset;
        }
        Long start = endByStart.ceilingKey(fromOffset);
        return start == null ? Long.MAX_VALUE : start;
    }

    /** Where what is covered before an uncovered offset ends: at or below it; 0 if nothing is covered before it. */
    public long coveredEndBefore(long uncoveredOffset) {
        Map.Entry<Long, Long> range = endByStart.floorEntry(uncoveredOffset);
        return range == null ? 0 : Math.min(range.getValue(), uncoveredOffset);
    }

    /** Whether nothing is covered. */
    public boolean isEmpty() {
        return endByStart.isEmpty();
    }

    /** First covered offset, or 0 if nothing is covered. */
    public long startOffset() {
        return endByStart.isEmpty() ? 0 : endByStart.firstKey();
    }

    /** Offset after the last covered one, or 0 if nothing is covered. */
    public long endOffset() {
        Map.Entry<Long, Long> last = endByStart.lastEntry();
        return last == null ? 0 : last.getValue();
    }

    /** The covered ranges, ascending. */
    public List<OffsetRange> ranges() {
        return endByStart.entrySet().stream()
                .map(range -> new OffsetRange(range.getKey(), range.getValue()))
                .toList();
    }

    /** The ranges between the covered ones, ascending. */
    public List<OffsetRange> holes() {
        List<OffsetRange> holes = new ArrayList<>();
        long previousEnd = -1;
        for (Map.Entry<Long, Long> range : endByStart.entrySet()) {
            if (previousEnd >= 0) {
                holes.add(new OffsetRange(previousEnd, range.getKey()));
            }
            previousEnd = range.getValue();
        }
        return holes;
    }

    @Override
    public String toString() {
        return ranges().toString();
    }
}
