// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.offset.OffsetRange;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Something about a backup that is not as it should be.
 *
 * @param kind what sort of thing
 * @param topic name of the topic; null if it is about none
 * @param topicId its incarnation; null if it is about none
 * @param partition its partition; null if it is about none
 * @param object path below the root; null if it is about no object
 * @param offsets where; null if it is about no offsets
 * @param what for people, with everything that they need
 */
public record Finding(
        Kind kind,
        @Nullable String topic,
        @Nullable Uuid topicId,
        @Nullable Integer partition,
        @Nullable String object,
        @Nullable OffsetRange offsets,
        String what) {

    /** Sorts of findings. */
    public enum Kind {
        /** A hole that nothing explains: segments are missing. */
        MISSING,
        /** A hole that Kafka made: it dropped the records before they were read. */
        GAP,
        /** An object that is named like a segment and has another size. */
        NOT_A_SEGMENT,
        /** A segment that does not hold what its place, name and footer promise. */
        DAMAGED,
        /** Two segments have the same offset with different content. */
        CONTRADICTION,
        /** An object that does not belong to the backup; it does no harm. */
        FOREIGN,
        /** Metadata that cannot be read, or that cannot be true. */
        METADATA,
        /** A group snapshot that cannot be read. */
        GROUPS,
        /** Kafka has records that the backup does not have. */
        NOT_COVERED,
        /** Kafka has another record than the backup. */
        DIFFERS,
        /** It could not be looked at. */
        UNREADABLE;

        /** Whether it is wrong, and not only worth knowing. */
        public boolean isWrong() {
            return this != FOREIGN;
        }
    }
}
