// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic whose log Kafka compacts.
 *
 * @param incarnation which one
 * @param partitions how many it has
 * @param tombstonesStay how long tombstones stay in its log at least
 */
record CompactedTopic(TopicIncarnation incarnation, int partitions, Duration tombstonesStay) {

    /** Empty if Kafka does not compact its log. */
    static Optional<CompactedTopic> of(TopicDescription topic, Config config) {
        ConfigEntry policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        ConfigEntry retention = config.get(TopicConfig.DELETE_RETENTION_MS_CONFIG);
        boolean compacted = policy != null
                && policy.value() != null
                && Arrays.stream(policy.value().split(","))
                        .anyMatch(one -> one.strip().equals(TopicConfig.CLEANUP_POLICY_COMPACT));
        return compacted && retention != null && retention.value() != null
                ? Optional.of(new CompactedTopic(
                        new TopicIncarnation(topic.name(), topic.topicId()),
                        topic.partitions().size(),
                        Duration.ofMillis(Long.parseLong(retention.value()))))
                : Optional.empty();
    }
}
