// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
 */
public final class CompactionPlanner {

    /** Segments that are read for one merge, or are compared with one at once, have so many target sizes at most. */
    public static final int READ_AT_ONCE = 2;

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
        List<Cluster> run = new ArrayList<>();
        long runBytes = 0;
        for (Cluster cluster : clusters(segments)) {
            boolean joins = !run.isEmpty() && run.get(run.size() - 1).endOffset() == cluster.startOffset();
            if (!run.isEmpty() && (!joins || runBytes + cluster.bytes() > targetBytes)) {
                add(merges, segments, run);
                run = new ArrayList<>();
                runBytes = 0;
            }
            if (!isLargeEnough(cluster)) {
                run.add(cluster);
                runBytes += cluster.bytes();
            }
        }
        addOpenEnd(merges, segments, run);
        return merges;
    }

    private boolean isLargeEnough(Cluster cluster) {
        return cluster.bytes() >= targetBytes / 2;
    }

    /** Nothing will be added to the end of these any more. */
    private void add(List<Merge> merges, PartitionSegments segments, List<Cluster> run) {
        List<SegmentSlice> slices =
                run.stream().flatMap(cluster -> cluster.slices().stream()).toList();
        if (slices.size() > 1) {
            Merge merge = withWhatItOverrules(new Merge(segments.partition(), slices), segments);
            // if others have read all of it as well, most of that will be found to be replaced
            if (merge.bytes() <= READ_AT_ONCE * targetBytes) {
                merges.add(merge);
            }
        }
    }

    /**
     * A merged segment has the highest leader epoch of those it is made from, and so overrules what has a lower one and
     * begins behind its start. Whether another segment really holds all the records of those that it may stand for, its
     * name cannot tell: so they have to be in the merged one.
     */
    private static Merge withWhatItOverrules(Merge merge, PartitionSegments segments) {
        Set<SegmentSlice> merged = new HashSet<>(merge.slices());
        List<SegmentSlice> slices = segments.slices().stream()
                .filter(slice -> merged.contains(slice) || isOverruledBy(merge, slice))
                .toList();
        return new Merge(merge.partition(), slices);
    }

    private static boolean isOverruledBy(Merge merge, SegmentSlice slice) {
        return slice.name().leaderEpoch() < merge.leaderEpoch()
                && slice.valid().startOffset() < merge.range().endOffset()
                && slice.valid().endOffset() > merge.range().startOffset();
    }

    /** New segments will follow these; what is long is not written again for a little more. */
    private void addOpenEnd(List<Merge> merges, PartitionSegments segments, List<Cluster> run) {
        long bytes = run.stream().mapToLong(Cluster::bytes).sum();
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
            joins = CheapestJoins.of(run.stream().map(Cluster::bytes).toList(), FEW);
        }
        joins.forEach(join -> add(merges, segments, run.subList(join.first(), join.end())));
    }

    private static int left(List<Cluster> run, List<CheapestJoins.Join> joins) {
        return run.size()
                - joins.stream().mapToInt(join -> join.end() - join.first() - 1).sum();
    }

    /** Those that together are so many times as long as the longest of them. */
    private static List<CheapestJoins.Join> growing(List<Cluster> run, int growth) {
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

    /** Segments that overlap, taken together, without those that others stand for already. By start offset. */
    private static List<Cluster> clusters(PartitionSegments segments) {
        Set<SegmentSlice> replaced = new HashSet<>();
        Replacement.in(segments).forEach(replacement -> replaced.add(replacement.replaced()));
        List<Cluster> clusters = new ArrayList<>();
        List<SegmentSlice> overlapping = new ArrayList<>();
        long end = -1;
        for (SegmentSlice slice : segments.slices()) {
            if (replaced.contains(slice)) {
                continue;
            }
            if (!overlapping.isEmpty() && slice.valid().startOffset() >= end) {
                clusters.add(new Cluster(overlapping, end));
                overlapping = new ArrayList<>();
            }
            overlapping.add(slice);
            end = Math.max(end, slice.valid().endOffset());
        }
        if (!overlapping.isEmpty()) {
            clusters.add(new Cluster(overlapping, end));
        }
        return clusters;
    }

    /** Segments that overlap, mostly just one: they are merged together or not at all. */
    private record Cluster(List<SegmentSlice> slices, long endOffset) {

        long startOffset() {
            return slices.get(0).valid().startOffset();
        }

        long length() {
            return endOffset - startOffset();
        }

        long bytes() {
            return slices.stream().mapToLong(slice -> slice.name().sizeBytes()).sum();
        }
    }
}
