// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.inspection.live.LiveLog;
import dev.kafkabackup.maintenance.PartitionVisit;
import dev.kafkabackup.maintenance.Removal;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.retention.PartitionRetention;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.StoredObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the listing of one partition into what is shown of it. */
final class PartitionLook {

    private PartitionLook() {}

    /**
     * Looks at a partition.
     *
     * @param grace how long records stay after Kafka has removed them; null for ever
     * @param holes as far as somebody looked for what explains them
     * @param log of the live partition; null if Kafka was not asked or does not have it
     */
    static PartitionView at(
            PartitionSegments segments,
            PartitionRetention retention,
            @Nullable Duration grace,
            List<Hole> holes,
            @Nullable LiveLog log,
            Instant now) {
        Coverage covered = segments.coverage();
        long records = 0;
        long bytes = 0;
        long min = Long.MAX_VALUE;
        long max = -1;
        for (Segment segment : segments.segments()) {
            SegmentName name = segment.name();
            records += name.records();
            bytes += name.sizeBytes();
            if (name.maxTimestamp() >= 0) {
                min = Math.min(min, name.minTimestamp());
                max = Math.max(max, name.maxTimestamp());
            }
        }
        List<String> notSegments = new ArrayList<>();
        long foreign = 0;
        for (StoredObject object : segments.rejected()) {
            if (SegmentName.parse(object.fileName()).isPresent()) {
                notSegments.add(object.path());
            } else {
                foreign++;
            }
        }
        List<Removal> expiring = new PartitionVisit(segments, now).expired(retention, grace);
        Long durable = log == null ? null : covered.firstUncovered(log.logStartOffset());
        return new PartitionView(
                segments.partition().partition(),
                segments.segments().size(),
                records,
                bytes,
                covered.isEmpty() ? null : covered.startOffset(),
                covered.isEmpty() ? null : covered.endOffset(),
                max < 0 ? null : Instant.ofEpochMilli(min),
                max < 0 ? null : Instant.ofEpochMilli(max),
                covered.holes().stream()
                        .filter(hole -> hole.endOffset() > retention.expiredUpTo())
                        .toList(),
                holes.stream()
                        .filter(hole -> !hole.explained())
                        .map(Hole::offsets)
                        .toList(),
                overlaps(segments.slices()),
                notSegments,
                foreign,
                retention.expiredUpTo(),
                expiring.stream().mapToLong(Removal::bytes).sum(),
                expiring.isEmpty() ? null : expiring.get(expiring.size() - 1).dueAt(),
                durable,
                log == null || durable == null ? null : Math.max(0, log.lastStableOffset() - durable));
    }

    /** What more than one slice covers; slices come by start offset. */
    private static List<OffsetRange> overlaps(List<SegmentSlice> slices) {
        List<OffsetRange> overlaps = new ArrayList<>();
        long end = 0;
        for (SegmentSlice slice : slices) {
            OffsetRange range = slice.valid();
            if (range.startOffset() < end) {
                overlaps.add(new OffsetRange(range.startOffset(), Math.min(end, range.endOffset())));
            }
            end = Math.max(end, range.endOffset());
        }
        return overlaps.isEmpty() ? overlaps : Coverage.of(overlaps).ranges();
    }
}
