// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.group;

import java.util.Comparator;
import org.apache.kafka.common.Uuid;

/**
 * A consumer group's committed offset in one partition of one topic incarnation.
 *
 * @param group the group's id
 * @param topic the topic's name
 * @param topicId the incarnation that the offset belongs to
 * @param partition the partition's number
 * @param offset offset of the next record that the group wants; 0 or more
 */
public record GroupOffset(String group, String topic, Uuid topicId, int partition, long offset) {

    /** By group, topic, incarnation and partition. */
    public static final Comparator<GroupOffset> ORDER = Comparator.comparing(GroupOffset::group)
            .thenComparing(GroupOffset::topic)
            .thenComparing(offset -> offset.topicId().toString())
            .thenComparingInt(GroupOffset::partition);

    /** What this is the offset of. */
    public Key key() {
        return new Key(group, topicId, partition);
    }

    /**
     * A group has at most one committed offset for each of these.
     *
     * @param group the group's id
     * @param topicId the incarnation
     * @param partition the partition's number
     */
    public record Key(String group, Uuid topicId, int partition) {}
}
