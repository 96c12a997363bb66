// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Merges segments, and finds out by content which ones are not needed any more. Needs no lock and remembers nothing: a
 * merged segment overlaps what it was made from, which is harmless, and what it replaces is found anew by whoever
 * looks.
 *
 * <p>Holds a few segments in memory. Used from one thread at a time.
 */
public final class Compactor {

    private final BackupStorage storage;
    private final String clusterId;
    private final int compressionLevel;

    /**
     * @param storage not closed here
     * @param clusterId for the footers of merged segments
     * @param compressionLevel zstd level, 1 to 19
     */
    public Compactor(BackupStorage storage, String clusterId, int compressionLevel) {
        this.storage = storage;
        this.clusterId = clusterId;
        this.compressionLevel = compressionLevel;
    }

    /**
     * Publishes one segment with the records of several.
     *
     * @return the merged segment's name
     * @throws dev.kafkabackup.error.BackupException if one of them cannot be read or is damaged; nothing is published
     */
    public SegmentName merge(Merge merge) throws IOException {
        SegmentWriter writer =
                new SegmentWriter(clusterId, merge.partition(), merge.range().startOffset(), compressionLevel);
        try (PartitionRecords records = records(merge.partition(), merge.slices())) {
            while (records.hasNext()) {
                writer.append(records.next());
            }
        }
        writer.advanceTo(merge.range().endOffset(), merge.leaderEpoch());
        OptionalLong gapStart = gapBefore(merge);
        if (gapStart.isPresent()) {
            writer.followsGapFrom(gapStart.getAsLong());
        }
        EncodedSegment merged = writer.seal();
        storage.publish(BackupLayout.segment(merge.partition(), merged.name()), merged);
        return merged.name();
    }

    /** What is known of the hole before a merged segment is in the footers of those that it begins with. */
    private OptionalLong gapBefore(Merge merge) throws IOException {
        OptionalLong gapStart = OptionalLong.empty();
        for (SegmentSlice slice : merge.slices()) {
            SegmentName name = slice.name();
            if (name.range().startOffset() == merge.range().startOffset()) {
                Long known = SegmentFooter.read(
                                storage, BackupLayout.segment(merge.partition(), name), name.sizeBytes())
                        .metadata()
                        .gapStartOffset();
                if (known != null && (gapStart.isEmpty() || known < gapStart.getAsLong())) {
                    gapStart = OptionalLong.of(known);
                }
            }
        }
        return gapStart;
    }

    /** Segments that another one may stand for, as far as names can tell, each with that one. */
    public static Map<SegmentName, SegmentName> standIns(PartitionSegments segments) {
        Map<SegmentName, SegmentName> standIns = new LinkedHashMap<>();
        Replacement.in(segments)
                .forEach(replacement -> standIns.put(
                        replacement.replaced().name(), replacement.by().name()));
        return standIns;
    }

    /**
     * Segments that another one stands for, by content: each of their records is in the other one, which was read again
     * for that.
     *
     * @param oldEnough whether a segment was published long enough ago to stand for another one: no listing that is
     *     still used lacks it
     */
    public Replaced replaced(PartitionSegments segments, Set<SegmentName> oldEnough) {
        Map<SegmentSlice, List<SegmentSlice>> candidates = new LinkedHashMap<>();
        for (Replacement replacement : Replacement.in(segments)) {
            if (oldEnough.contains(replacement.by().name())) {
                candidates
                        .computeIfAbsent(replacement.by(), any -> new ArrayList<>())
                        .add(replacement.replaced());
            }
        }
        List<SegmentName> replaced = new ArrayList<>();
        List<Merge> incomplete = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        Set<SegmentName> compared = new HashSet<>();
        candidates.forEach((by, slices) -> {
            compared.add(by.name());
            slices.forEach(slice -> compared.add(slice.name()));
            try {
                if (holdsAll(segments.partition(), by, slices)) {
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
        });
        try {
            replaced.addAll(overruled(segments, oldEnough, compared));
        } catch (BackupException e) {
            unreadable.add(String.valueOf(e.getMessage()));
        }
        return new Replaced(
                withoutWhatIsNeeded(segments, replaced),
                incomplete,
                unreadable,
                compared.stream().mapToLong(SegmentName::sizeBytes).sum());
    }

    /**
     * What a look at the content has shown.
     *
     * @param removable others hold all of their records
     * @param incomplete segments of the same range with different records, for example because Kafka compacted its log
     *     between two reads: only together they are complete
     * @param unreadable what could not be compared and therefore stays, one line each
     * @param comparedBytes size of the segments that were read for it
     */
    public record Replaced(
            List<SegmentName> removable, List<Merge> incomplete, List<String> unreadable, long comparedBytes) {

        public Replaced {
            removable = List.copyOf(removable);
            incomplete = List.copyOf(incomplete);
            unreadable = List.copyOf(unreadable);
        }
    }

    /** Both are read in offset order, side by side, so that no more than a record of each is compared at a time. */
    private boolean holdsAll(TopicIdPartition partition, SegmentSlice by, List<SegmentSlice> slices) {
        try (PartitionRecords large = records(partition, List.of(by));
                PartitionRecords small = records(partition, slices)) {
            Iterator<SegmentRecord> candidates = large;
            @Nullable SegmentRecord candidate = null;
            while (small.hasNext()) {
                SegmentRecord wanted = small.next();
                while ((candidate == null || candidate.offset() < wanted.offset()) && candidates.hasNext()) {
                    candidate = candidates.next();
                }
                if (candidate == null || !candidate.sameContent(wanted)) {
                    return false;
                }
            }
            // to the end: a damaged segment stands for nothing
            while (candidates.hasNext()) {
                candidates.next();
            }
            return true;
        }
    }

    /** Nothing of these counts any more, and what overruled them covers all that they covered. */
    private List<SegmentName> overruled(
            PartitionSegments segments, Set<SegmentName> oldEnough, Set<SegmentName> compared) {
        Set<SegmentName> counting =
                segments.slices().stream().map(SegmentSlice::name).collect(Collectors.toSet());
        List<SegmentName> overruled = new ArrayList<>();
        for (Segment segment : segments.segments()) {
            SegmentName name = segment.name();
            if (!counting.contains(name)) {
                List<SegmentSlice> above = segments.slices().stream()
                        .filter(slice -> slice.name().leaderEpoch() > name.leaderEpoch())
                        .filter(slice -> oldEnough.contains(slice.name()))
                        .toList();
                Coverage covered =
                        Coverage.of(above.stream().map(SegmentSlice::valid).toList());
                if (covered.firstUncovered(name.range().startOffset())
                        >= name.range().endOffset()) {
                    List<SegmentSlice> overruling = overlapping(above, name);
                    overruling.forEach(slice -> compared.add(slice.name()));
                    readAll(segments.partition(), overruling);
                    overruled.add(name);
                }
            }
        }
        return overruled;
    }

    private static List<SegmentSlice> overlapping(List<SegmentSlice> slices, SegmentName name) {
        return slices.stream()
                .filter(slice -> slice.valid().startOffset() < name.range().endOffset()
                        && slice.valid().endOffset() > name.range().startOffset())
                .toList();
    }

    private void readAll(TopicIdPartition partition, List<SegmentSlice> slices) {
        try (PartitionRecords records = records(partition, slices)) {
            while (records.hasNext()) {
                records.next();
            }
        }
    }

    /**
     * A segment whose end was overruled still is the only one with that end if nothing of a higher epoch covers it; and
     * whatever was thought before, the removal must change nothing that a reader sees.
     */
    private static List<SegmentName> withoutWhatIsNeeded(PartitionSegments segments, List<SegmentName> replaced) {
        List<SegmentName> removable = new ArrayList<>();
        for (SegmentName name : replaced) {
            Coverage others = Coverage.of(segments.segments().stream()
                    .filter(segment -> segment.name().leaderEpoch() >= name.leaderEpoch())
                    .filter(segment -> !replaced.contains(segment.name()))
                    .map(segment -> segment.name().range())
                    .toList());
            if (others.firstUncovered(name.range().startOffset())
                    >= name.range().endOffset()) {
                removable.add(name);
            }
        }
        PartitionSegments left = segments.without(Set.copyOf(removable));
        return left.coverage().ranges().equals(segments.coverage().ranges()) ? removable : List.of();
    }

    private PartitionRecords records(TopicIdPartition partition, List<SegmentSlice> slices) {
        return new PartitionRecords(partition, slices, name -> storage.read(BackupLayout.segment(partition, name)), 0);
    }
}
