// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import dev.kafkabackup.offset.OffsetRange;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a backup.
 *
 * @param partition its number
 * @param segments number of segments
 * @param records number of records; those in overlaps count as often as they are stored
 * @param bytes size of the segments
 * @param startOffset first covered offset; null if nothing is covered
 * @param endOffset offset after the last covered one; null if nothing is covered
 * @param minTimestamp smallest timestamp; null if no record has one
 * @param maxTimestamp largest timestamp; null if no record has one
 * @param gaps uncovered offsets between covered ones that are not expired
 * @param missing those of the gaps that nothing explains, and what is missing before the first segment: segments were
 *     removed or are damaged; empty if nobody looked
 * @param overlaps offsets that more than one segment covers
 * @param notSegments objects that are named like segments and have another size
 * @param foreignObjects number of objects with other names
 * @param expiredUpTo below this offset segments were removed because Kafka had removed the records
 * @param expiringBytes size of the segments that Kafka has removed all records of, and whose grace is not over
 * @param expiresAt when the last of these may be removed; null if there are none or the grace never ends
 * @param durableOffset the first uncovered offset from Kafka's log start offset on; null if Kafka was not asked
 * @param durableLag Kafka's last stable offset minus the durable offset; null if Kafka was not asked
 */
public record PartitionView(
        int partition,
        long segments,
        long records,
        long bytes,
        @Nullable Long startOffset,
        @Nullable Long endOffset,
        @Nullable Instant minTimestamp,
        @Nullable Instant maxTimestamp,
        List<OffsetRange> gaps,
        List<OffsetRange> missing,
        List<OffsetRange> overlaps,
        List<String> notSegments,
        long foreignObjects,
        long expiredUpTo,
        long expiringBytes,
        @Nullable Instant expiresAt,
        @Nullable Long durableOffset,
        @Nullable Long durableLag) {}
