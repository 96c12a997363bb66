// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.inspection.verify.MetadataCheck.Stored;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;

/**
 * Writes down anew how Kafka has a topic, where the newest state of it in the backup is missing, wrong or stale, and
 * then removes states that cannot be read or cannot be true. A state that lies under a wrong name goes where it
 * belongs. What was true at the moment of one that cannot be read is lost; what is true now is not.
 */
final class MetadataHealing {

    private final BackupStorage storage;
    private final String clusterId;
    private final MetadataCheck check;
    private final TopicMetadataStore store;
    private final LiveTopics live;
    private final HealingOutcome outcome;

    MetadataHealing(BackupStorage storage, String clusterId, LiveTopics live, HealingOutcome outcome) {
        this.storage = storage;
        this.clusterId = clusterId;
        this.check = new MetadataCheck(storage, clusterId);
        this.store = new TopicMetadataStore(storage);
        this.live = live;
        this.outcome = outcome;
    }

    /** @param findings of all kinds; only those about metadata are looked at */
    void heal(Collection<Finding> findings) throws IOException {
        Set<TopicIncarnation> topics = new LinkedHashSet<>();
        for (Finding finding : findings) {
            if (finding.kind() == Kind.METADATA && finding.topic() != null && finding.topicId() != null) {
                topics.add(new TopicIncarnation(finding.topic(), finding.topicId()));
            }
        }
        for (TopicIncarnation topic : topics) {
            heal(topic);
        }
    }

    private void heal(TopicIncarnation topic) throws IOException {
        List<Stored> states = check.states(topic);
        bringHome(topic, states);
        states = check.states(topic);
        if (states.isEmpty() && !check.hasPartitions(topic)) {
            return; // all that lay there belonged elsewhere
        }
        @Nullable
        TopicMetadata last = MetadataCheck.newest(states).map(Stored::state).orElse(null);
        Optional<TopicDescription> found = live.find(topic);
        if (found.isPresent()) {
            TopicMetadata current = current(topic, found.get(), last);
            if (last == null || current.differsFrom(last)) {
                store.append(current);
                outcome.done("%s: wrote down anew how Kafka has it", topic);
                last = current;
            }
        } else if (last == null || last.state() == TopicState.LIVE) {
            outcome.left(
                    "%s: Kafka does not have it; if it is deleted, a backup job that runs writes that down", topic);
        }
        for (Stored stored : states) {
            if (stored.wrong() != null) {
                boolean known = found.isPresent()
                        || (last != null && last.observedAt().isAfter(TopicMetadataStore.observedAt(stored.object())));
                remove(topic, stored.object().path(), known);
            }
        }
    }

    private TopicMetadata current(TopicIncarnation topic, TopicDescription found, @Nullable TopicMetadata last) {
        Optional<Map<String, String>> configs = live.configs(topic.name());
        Instant now = Instant.now();
        Instant earliest = last == null ? Instant.EPOCH : last.observedAt().plusMillis(1);
        return new TopicMetadata(
                topic.name(),
                topic.id(),
                clusterId,
                found.partitions().size(),
                found.partitions().get(0).replicas().size(),
                configs.orElse(last == null ? Map.of() : last.configs()),
                configs.isPresent() || (last != null && last.configsKnown()),
                TopicState.LIVE,
                now.isBefore(earliest) ? earliest : now,
                last == null ? null : last.restoredFrom());
    }

    /** What can be read and is true somewhere else is written there; below it goes like all that is wrong. */
    private void bringHome(TopicIncarnation topic, List<Stored> states) throws IOException {
        for (Stored stored : states) {
            TopicMetadata state = stored.state();
            if (stored.wrong() != null
                    && state != null
                    && state.clusterId().equals(clusterId)
                    && !store.history(state.incarnation(), e -> {}).contains(state)) {
                store.append(state);
                outcome.done("%s: brought what was seen at %s to where it belongs", topic, state.observedAt());
            }
        }
    }

    /** @param known whether what is true now, or was true later, is known */
    private void remove(TopicIncarnation topic, String path, boolean known) throws IOException {
        if (!known) {
            outcome.left("%s: %s stays, because nothing newer is known and Kafka does not have the topic", topic, path);
        } else if (!new HoldStore(storage).active(topic, Instant.now()).isEmpty()) {
            outcome.left("%s: %s stays, because the topic is held", topic, path);
        } else {
            storage.delete(path);
            outcome.done("%s: removed %s", topic, path);
        }
    }
}
