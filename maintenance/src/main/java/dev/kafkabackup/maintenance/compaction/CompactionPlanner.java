// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides from a listing which segments of a partition become one. Nothing is remembered, so any number of maintenances
 * may decide at any time.
 *
 * <p>Segments that touch are merged when together they are {@link #GROWTH} times as long, in offsets, as the longest of
 * them: with a segment a minute that is about every half an hour, then every day, then every month, and with each
 * rewriting a byte moves into a segment {@link #GROWTH} times as long. They are merged at once when together they come
 * near the target size, or when nothing can be added to them any more, because a gap or a segment of that size follows.
 * Where long and short segments alternate, that finds too little: then steps are shorter, or those are merged that cost
 * the least bytes for each object that goes, so that there are never more than {@link #MANY} after a look. A segment of
 * half the target size is large enough, and is left alone.
 *
 * <p>Segments that overlap are merged like those that touch; what is merged may overlap what is not.
 */
public final class CompactionPlanner {

    /** Third root of the number of minutes in a month: three levels keep a month of segments below 3 x 36. */
    private static final int GROWTH = 36;

    /** More than that many wait for nothing. */
    private static final int MANY = 120;

    /** First there are shorter steps. */
    private static final int GROWTH_OF_MANY = GROWTH / 3;

    /** How many are left when there were too many: the fewer, the longer until there are too many again. */
    private static final int FEW = 60;

    private final long targetBytes;

    /** @param targetBytes size that a merged segment does not exceed, 1 or more */
    public CompactionPlanner(long targetBytes) {
        this.targetBytes = targetBytes;
    }

    /** What to merge, by start offset; each segment is in one merge at most. */
    public List<Merge> plan(PartitionSegments segments) {
        List<Merge> merges = new ArrayList<>();
        List<Step> run = new ArrayList<>();
        long runBytes = 0;
        for (Step step : steps(segments)) {
            boolean joins = !run.isEmpty() && run.get(run.size() - 1).endOffset() == step.startOffset();
            if (!run.isEmpty() && (!joins || runBytes + step.bytes() > targetBytes)) {
                add(merges, segments, run);
                run = new ArrayList<>();
                runBytes = 0;
            }
            if (!isLargeEnough(step)) {
                run.add(step);
                runBytes += step.bytes();
            }
        }
        addOpenEnd(merges, segments, run);
        return merges;
    }

    private boolean isLargeEnough(Step step) {
        return step.bytes() >= targetBytes / 2;
    }

    /**
     * A merged segment has the highest leader epoch of those it is made from, and overrules what has a lower one and
     * reaches behind its start. Whether another segment really holds all the records of those that it may stand for,
     * names cannot tell: where a merge would overrule segments that it is not made from, only those of one leader epoch
     * become one, which overrule nothing that they did not overrule before.
     */
    private static void add(List<Merge> merges, PartitionSegments segments, List<Step> run) {
        if (run.size() < 2) {
            return;
        }
        Merge merge = merge(segments, run);
        if (!overrulesOthers(merge, segments)) {
            merges.add(merge);
            return;
        }
        SortedMap<Integer, List<Step>> byEpoch = run.stream()
                .collect(Collectors.groupingBy(
                        step -> step.slice().name().leaderEpoch(), TreeMap::new, Collectors.toList()));
        byEpoch.values().stream()
                .filter(steps -> steps.size() > 1)
                .map(steps -> merge(segments, steps))
                .forEach(merges::add);
    }

    private static Merge merge(PartitionSegments segments, List<Step> steps) {
        return new Merge(segments.partition(), steps.stream().map(Step::slice).toList());
    }

    private static boolean overrulesOthers(Merge merge, PartitionSegments segments) {
        Set<SegmentSlice> merged = new HashSet<>(merge.slices());
        return segments.slices().stream()
                .filter(slice -> slice.name().leaderEpoch() < merge.leaderEpoch())
                .filter(slice -> slice.valid().endOffset() > merge.range().startOffset())
                .anyMatch(slice -> !merged.contains(slice));
    }

    /** New segments will follow these; what is long is not written again for a little more. */
    private void addOpenEnd(List<Merge> merges, PartitionSegments segments, List<Step> run) {
        long bytes = run.stream().mapToLong(Step::bytes).sum();
        // more than what is large enough: merged segments need less than the sum, and must not fall short of it
        if (bytes >= targetBytes / 4 * 3) {
            add(merges, segments, run);
            return;
        }
        List<CheapestJoins.Join> joins = growing(run, GROWTH);
        if (left(run, joins) > MANY) {
            joins = growing(run, GROWTH_OF_MANY);
        }
        if (left(run, joins) > MANY) {
            joins = CheapestJoins.of(run.stream().map(Step::bytes).toList(), FEW);
        }
        joins.forEach(join -> add(merges, segments, run.subList(join.first(), join.end())));
    }

    private static int left(List<Step> run, List<CheapestJoins.Join> joins) {
        return run.size()
                - joins.stream().mapToInt(join -> join.end() - join.first() - 1).sum();
    }

    /** Those that together are so many times as long as the longest of them. */
    private static List<CheapestJoins.Join> growing(List<Step> run, int growth) {
        List<CheapestJoins.Join> joins = new ArrayList<>();
        int first = 0;
        while (first < run.size()) {
            long longest = 0;
            long length = 0;
            int end = first;
            do {
                longest = Math.max(longest, run.get(end).length());
                length += run.get(end).length();
                end++;
            } while (length < growth * longest && end < run.size());
            if (length >= growth * longest) {
                joins.add(new CheapestJoins.Join(first, end));
                first = end;
            } else {
                first++;
            }
        }
        return joins;
    }

    /** What counts of each segment that no other may stand for, by start offset. */
    private static List<Step> steps(PartitionSegments segments) {
        Set<SegmentSlice> replaced = new HashSet<>();
        Replacement.in(segments).forEach(replacement -> replaced.add(replacement.replaced()));
        List<Step> steps = new ArrayList<>();
        long end = 0;
        for (SegmentSlice slice : segments.slices()) {
            if (!replaced.contains(slice)) {
                steps.add(new Step(slice, Math.max(end, slice.valid().startOffset())));
                end = slice.valid().endOffset();
            }
        }
        return steps;
    }

    /**
     * A segment, and from where on it goes farther than those before it. It does, or one of them would stand for it;
     * mostly it begins there, but two jobs on one root publish segments that overlap.
     */
    private record Step(SegmentSlice slice, long startOffset) {

        long endOffset() {
            return slice.valid().endOffset();
        }

        long length() {
            return endOffset() - startOffset;
        }

        long bytes() {
            return slice.name().sizeBytes();
        }
    }
}
