// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

/**
 * What is known of one partition's retention.
 *
 * @param logStartOffsets the log start offsets that were seen
 * @param expiredUpTo below this offset segments were removed because Kafka had removed the records long before, so that
 *     a hole there is expiry and no gap; 0 if none was
 */
public record PartitionRetention(Sightings logStartOffsets, long expiredUpTo) {

    /** Nothing is known. */
    public static final PartitionRetention NONE = new PartitionRetention(Sightings.NONE, 0);

    /** What one observer knows and what another one knows. */
    PartitionRetention with(PartitionRetention other) {
        return new PartitionRetention(
                logStartOffsets.with(other.logStartOffsets), Math.max(expiredUpTo, other.expiredUpTo));
    }

    /** The same after one more look. */
    public PartitionRetention withLogStartOffsets(Sightings seen) {
        return new PartitionRetention(seen, expiredUpTo);
    }

    /** The same after more was removed. */
    public PartitionRetention withExpiredUpTo(long offset) {
        return new PartitionRetention(logStartOffsets, Math.max(expiredUpTo, offset));
    }
}
