// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.discovery;

import dev.kafkabackup.kafka.TopicAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * What Kafka said in one round of discovery.
 *
 * @param answers an answer for every topic that was asked for, by name
 */
public record DiscoveredTopics(Map<String, TopicAnswer> answers) {

    /** Descriptions of the topics that are there. */
    public List<TopicDescription> found() {
        List<TopicDescription> found = new ArrayList<>();
        for (TopicAnswer answer : answers.values()) {
            if (answer instanceof TopicAnswer.Found topic) {
                found.add(topic.description());
            }
        }
        return found;
    }

    /** Why others were not described, by name; this says nothing about whether they are there. */
    public Map<String, KafkaException> failures() {
        Map<String, KafkaException> failures = new TreeMap<>();
        answers.forEach((topic, answer) -> {
            if (answer instanceof TopicAnswer.Failed failed) {
                failures.put(topic, failed.cause());
            }
        });
        return failures;
    }

    /** Every partition of the topics that are there. */
    public List<TopicIdPartition> partitions() {
        List<TopicIdPartition> partitions = new ArrayList<>();
        for (TopicDescription topic : found()) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                partitions.add(new TopicIdPartition(topic.topicId(), partition.partition(), topic.name()));
            }
        }
        return partitions;
    }
}
