// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.storage.BackupStorage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Offsets that are not covered though offsets behind them are, and that have not expired.
 *
 * @param offsets which
 * @param explained whether the segment behind says that Kafka had dropped them; if not, segments are missing
 */
public record Hole(OffsetRange offsets, boolean explained) {

    /**
     * The holes of a partition, also before its first segment, where only unexplained ones count: what Kafka had
     * dropped before the backup began is none of its business. Reads one footer for each hole.
     *
     * @param segments those that count
     * @param expiredUpTo below it holes are expiry
     * @return ascending
     */
    public static List<Hole> of(BackupStorage storage, PartitionSegments segments, long expiredUpTo)
            throws IOException {
        Coverage covered = segments.coverage();
        List<OffsetRange> ranges = new ArrayList<>(covered.holes());
        if (!covered.isEmpty() && covered.startOffset() > 0) {
            ranges.add(0, new OffsetRange(0, covered.startOffset()));
        }
        List<Hole> holes = new ArrayList<>();
        for (OffsetRange range : ranges) {
            long from = Math.max(range.startOffset(), expiredUpTo);
            long gapFrom = Math.max(from, gapStart(storage, segments, range.endOffset()));
            if (from < gapFrom && from < range.endOffset()) {
                holes.add(new Hole(new OffsetRange(from, Math.min(gapFrom, range.endOffset())), false));
            }
            if (gapFrom < range.endOffset() && range.startOffset() > 0) {
                holes.add(new Hole(new OffsetRange(gapFrom, range.endOffset()), true));
            }
        }
        return holes;
    }

    /**
     * From where on the segments behind a hole say that Kafka had nothing. One that is gone was merged meanwhile: the
     * merged one begins there as well, says the same, and was listed, because it is much older than the removal.
     */
    private static long gapStart(BackupStorage storage, PartitionSegments segments, long holeEnd) throws IOException {
        long start = holeEnd;
        boolean told = false;
        @Nullable FileNotFoundException gone = null;
        for (SegmentSlice slice : segments.slices()) {
            if (slice.valid().startOffset() == holeEnd) {
                try {
                    Long known = SegmentFooter.read(
                                    storage,
                                    BackupLayout.segment(segments.partition(), slice.name()),
                                    slice.name().sizeBytes())
                            .metadata()
                            .gapStartOffset();
                    start = known == null ? start : Math.min(start, known);
                    told = true;
                } catch (FileNotFoundException e) {
                    gone = e;
                }
            }
        }
        if (!told && gone != null) {
            throw gone;
        }
        return start;
    }
}
