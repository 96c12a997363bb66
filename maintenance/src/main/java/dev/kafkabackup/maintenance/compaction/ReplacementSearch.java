// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by content which segments of a partition are not needed any more. Remembers nothing between two searches: a
 * segment that replaces others is found anew by whoever looks.
 *
 * <p>Holds in memory the segment that may stand for others, and one of these; where they overlap, all that do. For one
 * search, from one thread.
 */
public final class ReplacementSearch {

    private final BackupStorage storage;
    private final PartitionSegments segments;
    private final Set<SegmentName> oldEnough;
    private final long mostBytes;
    private final AfterReading afterReading;
    private final List<SegmentName> replaced = new ArrayList<>();
    private final List<Merge> incomplete = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();
    private final Map<SegmentSlice, Boolean> readable = new HashMap<>();

    /** Told after each comparison how much was read for it; may take its time. */
    @FunctionalInterface
    public interface AfterReading {
        void bytes(long bytes) throws IOException;
    }

    /**
     * @param storage not closed here
     * @param oldEnough segments published long enough ago to stand for others: no listing that is still used lacks them
     * @param mostBytes size of the segments that are compared with another one at once; more only if one alone has more
     */
    public ReplacementSearch(
            BackupStorage storage,
            PartitionSegments segments,
            Set<SegmentName> oldEnough,
            long mostBytes,
            AfterReading afterReading) {
        this.storage = storage;
        this.segments = segments;
        this.oldEnough = oldEnough;
        this.mostBytes = mostBytes;
        this.afterReading = afterReading;
    }

    /**
     * What a look at the content has shown.
     *
     * @param removable others hold all of their records, and were read again for that
     * @param incomplete segments of the same range with different records, for example because Kafka compacted its log
     *     between two reads: only together they are complete
     * @param unreadable what could not be compared and therefore stays, one line each
     */
    public record Result(List<SegmentName> removable, List<Merge> incomplete, List<String> unreadable) {

        public Result {
            removable = List.copyOf(removable);
            incomplete = List.copyOf(incomplete);
            unreadable = List.copyOf(unreadable);
        }
    }

    /**
     * Searches once.
     *
     * @throws IOException from {@link AfterReading} only: what cannot be read is part of the result
     */
    public Result run() throws IOException {
        Map<SegmentSlice, List<SegmentSlice>> candidates = new LinkedHashMap<>();
        for (Replacement replacement : Replacement.in(segments)) {
            if (oldEnough.contains(replacement.by().name())) {
                candidates
                        .computeIfAbsent(replacement.by(), any -> new ArrayList<>())
                        .add(replacement.replaced());
            }
        }
        for (Map.Entry<SegmentSlice, List<SegmentSlice>> candidate : candidates.entrySet()) {
            for (List<SegmentSlice> some : portions(candidate.getValue())) {
                compare(candidate.getKey(), some);
            }
        }
        findOverruled();
        return new Result(Removable.of(segments, replaced), incomplete, unreadable);
    }

    private List<List<SegmentSlice>> portions(List<SegmentSlice> slices) {
        List<List<SegmentSlice>> portions = new ArrayList<>();
        List<SegmentSlice> portion = new ArrayList<>();
        for (SegmentSlice slice : slices) {
            if (!portion.isEmpty() && bytes(portion) + slice.name().sizeBytes() > mostBytes) {
                portions.add(portion);
                portion = new ArrayList<>();
            }
            portion.add(slice);
        }
        portions.add(portion);
        return portions;
    }

    private static long bytes(List<SegmentSlice> slices) {
        return slices.stream().mapToLong(slice -> slice.name().sizeBytes()).sum();
    }

    private void compare(SegmentSlice by, List<SegmentSlice> slices) throws IOException {
        try {
            if (holdsAll(by, slices)) {
                slices.forEach(slice -> replaced.add(slice.name()));
            } else {
                List<SegmentSlice> all = new ArrayList<>();
                all.add(by);
                all.addAll(slices);
                incomplete.add(new Merge(segments.partition(), all));
            }
        } catch (BackupException e) {
            unreadable.add(String.valueOf(e.getMessage()));
        }
        afterReading.bytes(by.name().sizeBytes() + bytes(slices));
    }

    /** Both are read in offset order, side by side, so that no more than a record of each is compared at a time. */
    private boolean holdsAll(SegmentSlice by, List<SegmentSlice> slices) {
        try (PartitionRecords large = records(List.of(by));
                PartitionRecords small = records(slices)) {
            @Nullable SegmentRecord candidate = null;
            while (small.hasNext()) {
                SegmentRecord wanted = small.next();
                while ((candidate == null || candidate.offset() < wanted.offset()) && large.hasNext()) {
                    candidate = large.next();
                }
                if (candidate == null || !candidate.sameContent(wanted)) {
                    return false;
                }
            }
            // to the end: a damaged segment stands for nothing
            while (large.hasNext()) {
                large.next();
            }
            return true;
        }
    }

    /** Nothing of these counts any more, and what overruled them covers all that they covered. */
    private void findOverruled() throws IOException {
        Set<SegmentName> counting =
                segments.slices().stream().map(SegmentSlice::name).collect(Collectors.toSet());
        for (Segment segment : segments.segments()) {
            SegmentName name = segment.name();
            if (!counting.contains(name)) {
                List<SegmentSlice> overruling = segments.slices().stream()
                        .filter(slice -> slice.name().leaderEpoch() > name.leaderEpoch())
                        .filter(slice -> oldEnough.contains(slice.name()))
                        .filter(slice -> overlap(slice, name))
                        .toList();
                Coverage covered =
                        Coverage.of(overruling.stream().map(SegmentSlice::valid).toList());
                if (covered.firstUncovered(name.range().startOffset())
                                >= name.range().endOffset()
                        && areReadable(overruling)) {
                    replaced.add(name);
                }
            }
        }
    }

    private static boolean overlap(SegmentSlice slice, SegmentName name) {
        return slice.valid().startOffset() < name.range().endOffset()
                && slice.valid().endOffset() > name.range().startOffset();
    }

    /** Each is read once, however many it overrules. */
    private boolean areReadable(List<SegmentSlice> slices) throws IOException {
        boolean all = true;
        for (SegmentSlice slice : slices) {
            Boolean known = readable.get(slice);
            if (known == null) {
                known = isReadable(slice);
                readable.put(slice, known);
                afterReading.bytes(slice.name().sizeBytes());
            }
            all &= known;
        }
        return all;
    }

    private boolean isReadable(SegmentSlice slice) {
        try (PartitionRecords records = records(List.of(slice))) {
            while (records.hasNext()) {
                records.next();
            }
            return true;
        } catch (BackupException e) {
            unreadable.add(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private PartitionRecords records(List<SegmentSlice> slices) {
        return new PartitionRecords(
                segments.partition(),
                slices,
                name -> storage.read(BackupLayout.segment(segments.partition(), name)),
                0);
    }
}
