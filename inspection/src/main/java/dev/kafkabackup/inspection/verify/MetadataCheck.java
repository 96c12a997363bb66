// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
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
     * One stored state of an incarnation.
     *
     * @param object where it lies
     * @param state what it says; null if it cannot be read
     * @param wrong why it cannot be true; null if it can
     */
    record Stored(
            StoredObject object,
            @Nullable TopicMetadata state,
            @Nullable String wrong) {}

    /**
     * All states of an incarnation: readable, of this incarnation and cluster, under the name of their moment, never
     * with fewer partitions than before, and, with a broker, the newest as Kafka is.
     *
     * @param folders partitions that have a folder
     */
    List<Finding> topic(TopicIncarnation topic, List<Integer> folders, @Nullable LiveTopics live) {
        List<Finding> findings = new ArrayList<>();
        try {
            List<Stored> states = states(topic);
            for (Stored stored : states) {
                if (stored.wrong() != null) {
                    findings.add(finding(topic, stored.object().path(), stored.wrong()));
                }
            }
            Stored last = newest(states).orElse(null);
            if (states.isEmpty()) {
                if (highestUsed(topic, folders) >= 0) {
                    findings.add(finding(topic, null, "there is no metadata of " + topic));
                }
            } else if (last != null && last.state() != null) {
                String stale = stale(last.state(), highestUsed(topic, folders), live);
                if (stale != null) {
                    findings.add(finding(topic, last.object().path(), stale));
                }
            }
        } catch (IOException | KafkaException e) {
            findings.add(new Finding(
                    Kind.UNREADABLE, topic.name(), topic.id(), null, null, null, String.valueOf(e.getMessage())));
        }
        return findings;
    }

    /** All states of an incarnation, oldest first by their names, each held against those before it. */
    List<Stored> states(TopicIncarnation topic) throws IOException {
        List<Stored> states = new ArrayList<>();
        @Nullable TopicMetadata last = null;
        for (StoredObject object : new TopicMetadataStore(storage).objects(topic)) {
            @Nullable TopicMetadata state = null;
            String wrong;
            try {
                state = Json.read(object.path(), storage.read(object.path()), TopicMetadata.class);
                wrong = wrong(topic, object, state, last);
            } catch (BackupException e) {
                wrong = String.valueOf(e.getMessage());
            }
            last = wrong == null ? state : last;
            states.add(new Stored(object, state, wrong));
        }
        return states;
    }

    /** Whether anything lies in a folder of a partition. */
    boolean hasPartitions(TopicIncarnation topic) throws IOException {
        return highestUsed(topic, new Catalog(storage).partitions(topic)) >= 0;
    }

    /** The newest state with which nothing is wrong. */
    static Optional<Stored> newest(List<Stored> states) {
        return states.stream().filter(stored -> stored.wrong() == null).reduce((before, after) -> after);
    }

    /** The highest partition in whose folder anything lies, -1 if there is none: file systems keep empty folders. */
    private int highestUsed(TopicIncarnation topic, List<Integer> folders) throws IOException {
        for (int i = folders.size() - 1; i >= 0; i--) {
            if (!storage.list(BackupLayout.partition(topic.partition(folders.get(i))))
                    .isEmpty()) {
                return folders.get(i);
            }
        }
        return -1;
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

    private static @Nullable String stale(TopicMetadata last, int highestUsed, @Nullable LiveTopics live) {
        if (highestUsed >= last.partitions()) {
            return "it is stale: it says %d partitions, but there is a folder of partition %d"
                    .formatted(last.partitions(), highestUsed);
        }
        if (live == null) {
            return null;
        }
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
