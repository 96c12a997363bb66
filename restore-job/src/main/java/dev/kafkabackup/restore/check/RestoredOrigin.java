// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import static java.util.Objects.requireNonNull;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** Notes where a target's records come from, so that a backup of it is known to be the same data once more. */
final class RestoredOrigin {

    private final TopicMetadataStore metadata;
    private final Clock clock;

    RestoredOrigin(TopicMetadataStore metadata, Clock clock) {
        this.metadata = metadata;
        this.clock = clock;
    }

    /** @param topic whose target is known */
    void write(RestorePlan plan, TopicPlan topic) throws IOException {
        Uuid id = requireNonNull(topic.targetId());
        Optional<TopicMetadata> known = metadata.latest(new TopicIncarnation(topic.target(), id));
        // one entry for each origin; the newest is the latest, which is also what the backup carries on
        Instant observedAt = clock.instant().minusMillis(topic.topicIds().size());
        for (Uuid origin : topic.topicIds()) {
            observedAt = observedAt.plusMillis(1);
            metadata.append(new TopicMetadata(
                    topic.target(),
                    id,
                    plan.targetClusterId(),
                    known.map(TopicMetadata::partitions).orElse(topic.partitionCount()),
                    known.map(TopicMetadata::replicationFactor).orElse(1),
                    known.map(TopicMetadata::configs).orElse(new TreeMap<>()),
                    known.map(TopicMetadata::configsKnown).orElse(false),
                    TopicState.LIVE,
                    observedAt,
                    origin));
        }
    }
}
