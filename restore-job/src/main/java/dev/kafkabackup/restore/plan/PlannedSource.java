// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.retention.LateRead;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What is to be read of one source partition: which offsets, not which segments. Whoever reads them lists the partition
 * again, so that segments may be merged meanwhile, and a plan stays small however many there are. What was published
 * after the plan was made lies outside of the offsets and is not read.
 *
 * @param topicId incarnation that the partition belongs to
 * @param offsets covered ranges in which wanted records may lie, ascending, disjoint; empty if there is nothing to read
 * @param recordsAtMost number of records in the segments to read; 0 or more
 * @param exact whether it is certain that so many records will be produced: no segment overlaps, is cut, or holds
 *     records that may not be wanted
 * @param segments number of segments to read
 * @param bytes size of the segments to read
 * @param minTimestamp smallest timestamp in the segments to read, epoch ms; -1 if no record has one
 * @param maxTimestamp largest timestamp in the segments to read, epoch ms; -1 if no record has one
 * @param gaps offsets between the selected ones that are not in the backup, although they had not expired, ascending
 * @param overruled selected offsets that were backed up, but that a segment of a higher leader epoch took out of the
 *     log, ascending
 * @param damaged objects that look like segments and are none, where nothing else covers their offsets
 * @param readLate selected offsets of a compacted topic among which tombstones may be missing, ascending; null, in a
 *     plan of an older release, for none
 * @param expired offsets between the selected ones that are not in the backup any more, because Kafka had removed them
 *     long before, ascending; null, in a plan of an older release, for none
 * @param withoutTimestamp number of records in segments in which no record has a timestamp, so that the selected time
 *     range rules them out and they are not read; 0 or more, null in a plan of an older release
 */
public record PlannedSource(
        Uuid topicId,
        List<OffsetRange> offsets,
        long recordsAtMost,
        boolean exact,
        long segments,
        long bytes,
        long minTimestamp,
        long maxTimestamp,
        List<OffsetRange> gaps,
        List<OffsetRange> overruled,
        List<Damage> damaged,
        @Nullable List<LateRead> readLate,
        @Nullable List<OffsetRange> expired,
        @Nullable Long withoutTimestamp) {

    public PlannedSource {
        offsets = List.copyOf(offsets);
        gaps = List.copyOf(gaps);
        overruled = List.copyOf(overruled);
        damaged = List.copyOf(damaged);
        readLate = readLate == null ? List.of() : List.copyOf(readLate);
        expired = expired == null ? List.of() : List.copyOf(expired);
        withoutTimestamp = withoutTimestamp == null ? 0 : withoutTimestamp;
    }

    /** Selected offsets of a compacted topic among which tombstones may be missing, ascending. */
    @Override
    public List<LateRead> readLate() {
        return readLate == null ? List.of() : readLate;
    }

    /** Offsets between the selected ones that are not in the backup any more, ascending. */
    @Override
    public List<OffsetRange> expired() {
        return expired == null ? List.of() : expired;
    }

    /** Number of records that are not read because no record of their segments has a timestamp. */
    @Override
    public Long withoutTimestamp() {
        return withoutTimestamp == null ? 0 : withoutTimestamp;
    }

    /** Whether there is nothing to read. */
    public boolean isEmpty() {
        return offsets.isEmpty();
    }
}
