// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.backup.discovery.DiscoveredTopics;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;

/**
 * What Kafka said in one round about the topics that are backed up.
 *
 * @param topics which there are
 * @param configs by name; of a topic whose configs may not be read, there are none
 */
record TopicSnapshot(DiscoveredTopics topics, Map<String, Config> configs) {}
