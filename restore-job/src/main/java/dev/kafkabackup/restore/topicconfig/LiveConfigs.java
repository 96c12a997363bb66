// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import static java.util.Objects.requireNonNull;

import dev.kafkabackup.kafka.KafkaConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;

/**
 * The configuration that a topic has now.
 *
 * @param all values by name, the cluster's defaults included
 * @param own names of those that are set for the topic itself
 * @param inherited values by name that those have or would have that are not set for the topic itself, as far as Kafka
 *     tells
 */
public record LiveConfigs(Map<String, String> all, Set<String> own, Map<String, String> inherited) {

    /**
     * Asks the target.
     *
     * @throws KafkaException what Kafka answered, for example that the right DESCRIBE_CONFIGS is missing
     */
    public static LiveConfigs of(Admin admin, String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = requireNonNull(KafkaConnection.await(
                        admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true))
                                .all())
                .get(resource));
        Map<String, String> all = new TreeMap<>();
        Set<String> own = new TreeSet<>();
        Map<String, String> inherited = new TreeMap<>();
        for (ConfigEntry entry : config.entries()) {
            if (entry.value() == null) {
                continue;
            }
            all.put(entry.name(), entry.value());
            boolean set = entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG;
            if (set) {
                own.add(entry.name());
            }
            entry.synonyms().stream()
                    .filter(synonym -> synonym.source() != ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                    .findFirst()
                    .ifPresent(synonym -> inherited.put(entry.name(), synonym.value()));
            if (!set) {
                inherited.put(entry.name(), entry.value());
            }
        }
        return new LiveConfigs(all, own, inherited);
    }

    /** What the topic has as soon as only these are set for it, as far as that is known. */
    public Map<String, String> with(Map<String, String> set) {
        Map<String, String> configs = new TreeMap<>(inherited);
        configs.putAll(set);
        return configs;
    }

    /** What is not as it is to be in the end. */
    public List<ConfigDifference> differencesFrom(Map<String, String> original) {
        List<ConfigDifference> differences = new ArrayList<>();
        all.forEach((name, value) -> {
            String wanted = original.get(name);
            boolean differs = wanted == null ? own.contains(name) : !wanted.equals(value);
            if (differs) {
                differences.add(new ConfigDifference(name, value, wanted));
            }
        });
        return differences;
    }
}
