// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.maintenance.expiry.MassDeletion;
import dev.kafkabackup.maintenance.watch.RetentionWatch;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which incarnations are deleted: Kafka says now that it does not have them, and the backup job has proven it before.
 *
 * <p>Used from one thread.
 */
final class DeletedTopics {

    private final TopicMetadataStore metadata;
    private final Map<TopicIncarnation, Instant> deletedAt = new HashMap<>();

    DeletedTopics(TopicMetadataStore metadata) {
        this.metadata = metadata;
    }

    /** Takes in what Kafka says now. */
    void take(Map<TopicIncarnation, Seen> seen) throws IOException {
        deletedAt.keySet().removeIf(topic -> !(seen.get(topic) instanceof Seen.Gone));
        for (Map.Entry<TopicIncarnation, Seen> entry : seen.entrySet()) {
            if (entry.getValue() instanceof Seen.Gone && !deletedAt.containsKey(entry.getKey())) {
                provenAt(entry.getKey()).ifPresent(at -> deletedAt.put(entry.getKey(), at));
            }
        }
    }

    /** When the backup job saw that it is deleted, by its host's clock; empty if it was not proven. */
    Optional<Instant> provenAt(TopicIncarnation topic) throws IOException {
        return metadata.latest(topic)
                .filter(latest -> latest.state() == TopicState.DELETED)
                .map(TopicMetadata::observedAt);
    }

    boolean contains(TopicIncarnation topic) {
        return deletedAt.containsKey(topic);
    }

    /** Those that vanished together with too many others, unless an operator has confirmed it. */
    Set<TopicIncarnation> toBeConfirmed(Map<TopicIncarnation, Seen> seen, RetentionWatch watch, double largestShare)
            throws IOException {
        Map<TopicIncarnation, Instant> unconfirmed = new HashMap<>();
        for (Map.Entry<TopicIncarnation, Instant> deleted : deletedAt.entrySet()) {
            if (!watch.isDeletionConfirmed(deleted.getKey())) {
                unconfirmed.put(deleted.getKey(), deleted.getValue());
            }
        }
        Set<String> live = new HashSet<>();
        seen.forEach((topic, answer) -> {
            if (answer instanceof Seen.There) {
                live.add(topic.name());
            }
        });
        return MassDeletion.toBeConfirmed(unconfirmed, live, largestShare);
    }
}
