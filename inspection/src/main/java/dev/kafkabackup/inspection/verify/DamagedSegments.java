// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.segment.SegmentMetadata;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.BackupStorage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a partition of which some are damaged. A damaged one still says where it begins and which leader
 * epoch it has, and so what it overrules; only if its own footer says something else, it never belonged there.
 */
final class DamagedSegments {

    /** All but those that never belonged here. */
    private final PartitionSegments listed;

    private final PartitionSegments good;
    /** The damaged ones, each with the start of the gap before it; absent if its footer cannot be read. */
    private final Map<SegmentName, Long> gapStarts;

    private final Set<SegmentName> damaged;

    private DamagedSegments(PartitionSegments listed, Set<SegmentName> damaged, Map<SegmentName, Long> gapStarts) {
        this.listed = listed;
        this.damaged = damaged;
        this.gapStarts = gapStarts;
        this.good = listed.notReading(damaged);
    }

    /** Reads the footers of the damaged ones. */
    static DamagedSegments of(BackupStorage storage, PartitionSegments segments, Set<SegmentName> damaged)
            throws IOException {
        Set<SegmentName> own = new HashSet<>();
        Set<SegmentName> foreign = new HashSet<>();
        Map<SegmentName, Long> gapStarts = new HashMap<>();
        for (Segment segment : segments.segments()) {
            SegmentName name = segment.name();
            if (damaged.contains(name)) {
                SegmentMetadata footer = footer(storage, segments, name);
                if (footer == null || isOf(footer, segment)) {
                    own.add(name);
                } else {
                    foreign.add(name);
                }
                if (footer != null) {
                    Long gapStart = footer.gapStartOffset();
                    gapStarts.put(name, gapStart == null ? name.range().startOffset() : gapStart);
                }
            }
        }
        return new DamagedSegments(segments.without(foreign), own, gapStarts);
    }

    private static @Nullable SegmentMetadata footer(BackupStorage storage, PartitionSegments segments, SegmentName name)
            throws IOException {
        try {
            return SegmentFooter.read(storage, BackupLayout.segment(segments.partition(), name), name.sizeBytes())
                    .metadata();
        } catch (CorruptDataException | FileNotFoundException e) {
            return null;
        }
    }

    private static boolean isOf(SegmentMetadata footer, Segment segment) {
        return footer.partition().equals(segment.partition())
                && footer.range().equals(segment.name().range())
                && (footer.name() == null || segment.name().fileName().startsWith(footer.name() + "_"));
    }

    /** What can be read. */
    PartitionSegments good() {
        return good;
    }

    /**
     * The leader epoch of what is published in place of what is missing. Leader epochs only grow along a log, so the
     * last one before a range is right for it, and the one behind it at most; and what a damaged segment overrules is
     * overruled by what takes its place.
     */
    int leaderEpoch(OffsetRange range) {
        int before = good.slices().stream()
                .filter(slice -> slice.valid().startOffset() < range.startOffset())
                .mapToInt(slice -> slice.name().leaderEpoch())
                .max()
                .orElse(-1);
        int instead = damaged.stream()
                .filter(name -> name.range().intersection(range).isPresent())
                .mapToInt(SegmentName::leaderEpoch)
                .max()
                .orElse(-1);
        int known = Math.max(before, instead);
        return known >= 0
                ? known
                : good.slices().stream()
                        .filter(slice -> slice.valid().startOffset() >= range.endOffset())
                        .mapToInt(slice -> slice.name().leaderEpoch())
                        .min()
                        .orElse(-1);
    }

    /**
     * Where the gap begins that ends at this offset, from which on offsets are published again; the offset itself if
     * none is known there.
     */
    long gapStart(long offset, long logStartOffset) {
        for (Map.Entry<SegmentName, Long> known : gapStarts.entrySet()) {
            if (damaged.contains(known.getKey()) && known.getKey().range().startOffset() == offset) {
                return known.getValue();
            }
        }
        Coverage covered = listed.coverage();
        return offset == logStartOffset && covered.firstUncovered(offset) == offset
                ? covered.coveredEndBefore(offset)
                : offset;
    }
}
