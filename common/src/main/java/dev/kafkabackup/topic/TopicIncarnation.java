// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.topic;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/**
 * A topic name together with its topic ID (KIP-516). A topic that is deleted and created again is another incarnation,
 * and its offsets start over.
 *
 * @param name the topic's name
 * @param id the topic's ID; never {@link Uuid#ZERO_UUID}
 */
public record TopicIncarnation(String name, Uuid id) {

    /** @throws IllegalArgumentException if the ID is the zero ID, which Kafka uses for "unknown" */
    public TopicIncarnation {
        if (Uuid.ZERO_UUID.equals(id)) {
            throw new IllegalArgumentException("Topic " + name + " has no topic ID");
        }
    }

    /** The incarnation that a partition belongs to. */
    public static TopicIncarnation of(TopicIdPartition partition) {
        return new TopicIncarnation(partition.topic(), partition.topicId());
    }

    /** The partition with this number, 0 or more. */
    public TopicIdPartition partition(int number) {
        return new TopicIdPartition(id, number, name);
    }

    /** For messages: {@code orders (MWJ6FHTfRYy67jzwZdeqSQ)}. */
    @Override
    public String toString() {
        return name + " (" + id + ")";
    }
}
