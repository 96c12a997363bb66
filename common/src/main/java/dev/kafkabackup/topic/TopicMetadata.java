// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.topic;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What a restore needs to know about an incarnation besides its records, as of one moment.
 *
 * @param name the topic's name
 * @param id the topic's ID
 * @param clusterId id of the cluster that it was seen in
 * @param partitions number of partitions, 1 or more
 * @param replicationFactor number of replicas of partition 0, 1 or more
 * @param configs those that differ from the defaults; sensitive ones are never among them
 * @param configsKnown false if the rights to read configs were missing, so that {@code configs} says nothing
 * @param state live, or proven deleted
 * @param observedAt when this was seen, by the clock of the host that saw it
 * @param restoredFrom the incarnation that a restore filled this one from; null if none did
 */
public record TopicMetadata(
        String name,
        Uuid id,
        String clusterId,
        int partitions,
        int replicationFactor,
        Map<String, String> configs,
        boolean configsKnown,
        TopicState state,
        Instant observedAt,
        @Nullable Uuid restoredFrom) {

    public TopicMetadata {
        configs = new TreeMap<>(configs);
    }

    /** The incarnation that this is about. */
    public TopicIncarnation incarnation() {
        return new TopicIncarnation(name, id);
    }

    /** The same incarnation, proven deleted at the given moment. */
    public TopicMetadata deleted(Instant at) {
        return new TopicMetadata(
                name,
                id,
                clusterId,
                partitions,
                replicationFactor,
                configs,
                configsKnown,
                TopicState.DELETED,
                at,
                restoredFrom);
    }

    /** The same observation, with the origin that a restore wrote down. */
    public TopicMetadata withRestoredFrom(@Nullable Uuid origin) {
        return new TopicMetadata(
                name, id, clusterId, partitions, replicationFactor, configs, configsKnown, state, observedAt, origin);
    }

    /** Whether anything but the moment of observation differs. */
    public boolean differsFrom(TopicMetadata other) {
        return !at(Instant.EPOCH).equals(other.at(Instant.EPOCH));
    }

    private TopicMetadata at(Instant moment) {
        return new TopicMetadata(
                name, id, clusterId, partitions, replicationFactor, configs, configsKnown, state, moment, restoredFrom);
    }
}
