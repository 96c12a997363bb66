// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.group.GroupSnapshot;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Verifies the small objects of a backup: metadata of incarnations, group snapshots. */
final class MetadataCheck {

    private final BackupStorage storage;
    private final String clusterId;

    MetadataCheck(BackupStorage storage, String clusterId) {
        this.storage = storage;
        this.clusterId = clusterId;
    }

    /**
     * All states of an incarnation: readable, of this incarnation and cluster, under the name of their moment, never
     * with fewer partitions than before, and, with a broker, the newest as Kafka is.
     *
     * @param folders partitions that have a folder
     */
    List<Finding> topic(TopicIncarnation topic, List<Integer> folders, @Nullable LiveTopics live) {
        List<Finding> findings = new ArrayList<>();
        @Nullable TopicMetadata last = null;
        @Nullable String lastPath = null;
        try {
            for (StoredObject object : new TopicMetadataStore(storage).objects(topic)) {
                lastPath = object.path();
                try {
                    TopicMetadata state = Json.read(object.path(), storage.read(object.path()), TopicMetadata.class);
                    String wrong = wrong(topic, object, state, last);
                    if (wrong != null) {
                        findings.add(finding(topic, object.path(), wrong));
                    } else {
                        last = state;
                    }
                } catch (BackupException e) {
                    findings.add(finding(topic, object.path(), String.valueOf(e.getMessage())));
                }
            }
            if (lastPath == null) {
                findings.add(finding(topic, null, "there is no metadata of " + topic));
            } else if (last != null) {
                int most = folders.isEmpty() ? 0 : folders.get(folders.size() - 1) + 1;
                if (most > last.partitions()) {
                    findings.add(finding(
                            topic,
                            lastPath,
                            "it is stale: it says %d partitions, but there is a folder of partition %d"
                                    .formatted(last.partitions(), most - 1)));
                } else if (live != null) {
                    String stale = stale(last, live);
                    if (stale != null) {
                        findings.add(finding(topic, lastPath, stale));
                    }
                }
            }
        } catch (IOException | KafkaException e) {
            findings.add(new Finding(
                    Kind.UNREADABLE, topic.name(), topic.id(), null, null, null, String.valueOf(e.getMessage())));
        }
        return findings;
    }

    private @Nullable String wrong(
            TopicIncarnation topic, StoredObject object, TopicMetadata state, @Nullable TopicMetadata before) {
        if (!state.incarnation().equals(topic) || !state.clusterId().equals(clusterId)) {
            return "it is about %s of cluster %s".formatted(state.incarnation(), state.clusterId());
        }
        if (!object.fileName().startsWith(Long.toString(state.observedAt().toEpochMilli()))) {
            return "it is stale: it says what was seen at %s, its name says another moment"
                    .formatted(state.observedAt());
        }
        if (before != null && state.partitions() < before.partitions()) {
            return "it is stale: it says %d partitions, an earlier one says %d"
                    .formatted(state.partitions(), before.partitions());
        }
        return null;
    }

    private static @Nullable String stale(TopicMetadata last, LiveTopics live) {
        Optional<TopicDescription> now = live.find(last.incarnation());
        if (now.isEmpty()) {
            return last.state() == TopicState.DELETED ? null : "it is stale: it says live, but Kafka does not have it";
        }
        if (last.state() == TopicState.DELETED) {
            return "it is stale: it says deleted, but Kafka has it";
        }
        if (now.get().partitions().size() != last.partitions()) {
            return "it is stale: it says %d partitions, Kafka has %d"
                    .formatted(last.partitions(), now.get().partitions().size());
        }
        boolean sameConfigs = !last.configsKnown()
                || live.configs(last.name()).map(last.configs()::equals).orElse(true);
        return sameConfigs ? null : "it is stale: its configs are not those that Kafka has";
    }

    private static Finding finding(TopicIncarnation topic, @Nullable String object, String what) {
        return new Finding(Kind.METADATA, topic.name(), topic.id(), null, object, null, what);
    }

    /** All group snapshots of one day. */
    List<Finding> groups(String day) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (StoredObject object : storage.list("groups/" + day)) {
            if (!object.fileName().endsWith(".json")) {
                continue;
            }
            try {
                GroupSnapshot snapshot = Json.read(object.path(), storage.read(object.path()), GroupSnapshot.class);
                String begin = snapshot.takenAt().toEpochMilli() + (snapshot.full() ? "-full-" : "-changes-");
                if (!object.fileName().startsWith(begin)) {
                    findings.add(group(object, "its name does not say when it was taken, and whether it is full"));
                }
            } catch (BackupException e) {
                findings.add(group(object, String.valueOf(e.getMessage())));
            }
        }
        return findings;
    }

    private static Finding group(StoredObject object, String what) {
        return new Finding(Kind.GROUPS, null, null, null, object.path(), null, what);
    }
}
