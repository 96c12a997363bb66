// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.attempt;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/**
 * A place in one partition of the backup.
 *
 * @param topic name in the backup
 * @param topicId the incarnation
 * @param partition partition number
 * @param nextOffset smallest source offset that was not restored yet
 */
public record SourcePosition(String topic, Uuid topicId, int partition, long nextOffset) {

    /** The position in a partition. */
    public static SourcePosition of(TopicIdPartition source, long nextOffset) {
        return new SourcePosition(source.topic(), source.topicId(), source.partition(), nextOffset);
    }

    /** The partition of the backup. */
    public TopicIdPartition source() {
        return new TopicIdPartition(topicId, partition, topic);
    }
}
