// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import java.time.Instant;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Stops every deletion for a topic until it is released.
 *
 * @param id names the hold among those of the topic: letters, digits, dots, dashes and underscores
 * @param topic name of the topic
 * @param topicId the only incarnation that is held; null for all, also those to come
 * @param createdAt by the clock of the host that placed it
 * @param reason for people
 * @param restoreId the restore that reads the topic, whose hold ends when nobody renews it; null if people hold it
 */
public record Hold(
        String id,
        String topic,
        @Nullable Uuid topicId,
        Instant createdAt,
        String reason,
        @Nullable String restoreId) {

    /** The hold of a running restore, to be renewed. */
    public static Hold ofRestore(String restoreId, String topic, Uuid topicId, Instant now) {
        return new Hold("restore-" + restoreId, topic, topicId, now, "restore " + restoreId + " reads it", restoreId);
    }

    /** Whether it is about this incarnation. */
    boolean holds(Uuid incarnation) {
        return topicId == null || topicId.equals(incarnation);
    }
}
