// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * Merges segments. Needs no lock: a merged segment overlaps what it was made from, which is harmless, and whoever looks
 * finds out anew what it replaces.
 *
 * <p>Holds the merged segment in memory, and one of those that it is made from; where they overlap, all that do. Used
 * from one thread at a time.
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
        try (PartitionRecords records = new PartitionRecords(
                merge.partition(),
                merge.slices(),
                name -> storage.read(BackupLayout.segment(merge.partition(), name)),
                0)) {
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
}
