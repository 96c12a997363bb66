// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * How a target topic is configured while it is filled, and how it is to be in the end. Kept with the restore, because
 * the backup's own metadata may be gone when the restore is finalized.
 *
 * @param topic name of the target
 * @param topicId its topic ID; null between the decision to create it and its creation
 * @param created whether the restore created it; one that was there before is never changed
 * @param originalKnown false if the backup was not allowed to read the source's configuration, so that {@code original}
 *     says nothing
 * @param original configuration that it is to have in the end, values that differ from the defaults
 * @param whileFilled configuration that it is created with; empty if it was there before
 */
public record TargetConfig(
        String topic,
        @Nullable Uuid topicId,
        boolean created,
        boolean originalKnown,
        Map<String, String> original,
        Map<String, String> whileFilled) {

    public TargetConfig {
        original = new TreeMap<>(original);
        whileFilled = new TreeMap<>(whileFilled);
    }

    /** The same after the topic was created. */
    public TargetConfig createdAs(Uuid id) {
        return new TargetConfig(topic, id, created, originalKnown, original, whileFilled);
    }
}
