// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.inspection.live.LiveLog;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.retention.LateRead;
import dev.kafkabackup.retention.ReadingStore;
import dev.kafkabackup.retention.RetentionState;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.retention.Sighting;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an incarnation before its partitions are listed: from small objects, and from Kafka if it is asked.
 *
 * @param history its states, the oldest first
 * @param partitions numbers of its folders
 * @param holds those that count now
 * @param readLate by partition, where tombstones may be missing
 * @param logs by partition, where Kafka's logs begin and end; empty if it is not asked
 * @param configsNow what Kafka has; empty if it is not asked
 * @param problems what could not be read, one line each
 */
record KnownIncarnation(
        TopicIncarnation incarnation,
        List<TopicMetadata> history,
        List<Integer> partitions,
        RetentionState retention,
        List<Hold> holds,
        Map<Integer, List<LateRead>> readLate,
        Map<Integer, LiveLog> logs,
        Optional<Map<String, String>> configsNow,
        List<String> problems) {

    /**
     * Reads it.
     *
     * @param live asked for logs, and for configs if they are wanted; null without a broker
     */
    static KnownIncarnation read(
            BackupStorage storage, TopicIncarnation incarnation, @Nullable LiveTopics live, boolean withConfigs) {
        Problems problems = new Problems();
        return new KnownIncarnation(
                incarnation,
                problems.attempt(List.of(), () -> new TopicMetadataStore(storage).history(incarnation, problems::add)),
                problems.attempt(List.of(), () -> new Catalog(storage).partitions(incarnation)),
                problems.attempt(
                        RetentionState.NONE,
                        () -> new RetentionStore(storage).read(incarnation).state()),
                problems.attempt(List.of(), () -> new HoldStore(storage).active(incarnation, Instant.now())),
                problems.attempt(Map.of(), () -> new ReadingStore(storage).late(incarnation)),
                problems.attempt(Map.of(), () -> live == null ? Map.of() : live.logs(incarnation)),
                problems.attempt(
                        Optional.empty(),
                        () -> live == null
                                        || !withConfigs
                                        || live.find(incarnation).isEmpty()
                                ? Optional.empty()
                                : live.configs(incarnation.name())),
                problems.lines());
    }

    @Nullable
    TopicMetadata first() {
        return history.isEmpty() ? null : history.get(0);
    }

    @Nullable
    TopicMetadata last() {
        return history.isEmpty() ? null : history.get(history.size() - 1);
    }

    /** The incarnations that a restore filled it from, in the order in which it did. */
    List<Uuid> origins() {
        return history.stream()
                .flatMap(state -> Stream.ofNullable(state.restoredFrom()))
                .distinct()
                .toList();
    }

    /** When its deletion was proven; null if it was not. */
    @Nullable
    Instant deletedAt() {
        TopicMetadata last = last();
        return last != null && last.state() == TopicState.DELETED ? last.observedAt() : null;
    }

    /**
     * When it leaves the backup, at the earliest, because grace is time in which somebody looked; null if it does not.
     *
     * @param grace how long a deleted topic stays; null for ever
     */
    @Nullable
    Instant removedAt(@Nullable Duration grace) {
        Instant deletedAt = deletedAt();
        if (grace == null || deletedAt == null) {
            return null;
        }
        Duration left = grace.minus(retention.gone().watchedAtLeast(RetentionState.GONE));
        Instant seen = retention.gone().last().map(Sighting::at).orElse(deletedAt);
        return seen.plus(left.isNegative() ? Duration.ZERO : left);
    }

    /** How its configs changed, the oldest change first. */
    List<ConfigChange> configChanges() {
        List<ConfigChange> changes = new ArrayList<>();
        for (int i = 1; i < history.size(); i++) {
            Map<String, String> before = history.get(i - 1).configs();
            Map<String, String> after = history.get(i).configs();
            TreeSet<String> names = new TreeSet<>(before.keySet());
            names.addAll(after.keySet());
            for (String name : names) {
                if (!Objects.equals(before.get(name), after.get(name))) {
                    changes.add(new ConfigChange(history.get(i).observedAt(), name, before.get(name), after.get(name)));
                }
            }
        }
        return changes;
    }
}
