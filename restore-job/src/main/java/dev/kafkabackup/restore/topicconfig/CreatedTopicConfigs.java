// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import dev.kafkabackup.restore.sink.ProducerSettings;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Configuration of a topic that a restore creates: as it was backed up, except for what would change, delete or refuse
 * restored records.
 */
public final class CreatedTopicConfigs {

    /** These name brokers of the source cluster. */
    private static final Set<String> ONLY_FOR_THE_SOURCE =
            Set.of("leader.replication.throttled.replicas", "follower.replication.throttled.replicas");

    private CreatedTopicConfigs() {}

    /**
     * What the topic is to have in the end: what was backed up, as far as it means something in the target.
     *
     * @param backedUp values that differed from the source's defaults
     * @param replicationFactor of the topic to create; more copies than that can never be in sync
     * @param overrides the user's, which win
     */
    public static Map<String, String> original(
            Map<String, String> backedUp, int replicationFactor, Map<String, String> overrides) {
        Map<String, String> configs = new TreeMap<>(backedUp);
        configs.keySet().removeAll(ONLY_FOR_THE_SOURCE);
        configs.computeIfPresent(
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                (name, value) -> Integer.toString(Math.min(Integer.parseInt(value), replicationFactor)));
        configs.putAll(overrides);
        return configs;
    }

    /**
     * What keeps restored records as they are. A target that refuses one of these is no target.
     *
     * <p>The size limit is what the restore's producer can send: a listing does not tell how large the largest record
     * is, and the backed-up limit was about batches that somebody else had compressed, maybe better.
     *
     * @param overrides the user's, which win: the checks see what becomes of them
     */
    public static Map<String, String> protecting(Map<String, String> original, Map<String, String> overrides) {
        Map<String, String> configs = new TreeMap<>();
        configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        configs.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
        configs.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        long originalLimit = Long.parseLong(original.getOrDefault(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "0"));
        configs.put(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Long.toString(Math.max(originalLimit, ProducerSettings.LARGEST_RECORD_BYTES)));
        configs.putAll(overrides);
        return configs;
    }

    /**
     * What is good to have where the target knows it: the limits for timestamps, which have had other names in older
     * brokers, and everything else that the topic is to have in the end.
     */
    public static Map<String, String> wished(Map<String, String> original, Map<String, String> protecting) {
        Map<String, String> configs = new TreeMap<>(original);
        String unlimited = Long.toString(Long.MAX_VALUE);
        TimestampLimits.NAMES.forEach(name -> configs.put(name, unlimited));
        configs.keySet().removeAll(protecting.keySet());
        return configs;
    }
}
