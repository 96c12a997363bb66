// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.attempt;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far a partition of the target was restored by the attempts before.
 *
 * @param topic name of the target
 * @param partition partition number
 * @param next the first source offset that is not in the target yet; null if nothing is left
 */
public record TargetPosition(
        String topic, int partition, @Nullable SourcePosition next) {

    /** The position of a partition of which nothing is left. */
    public static TargetPosition complete(TopicPartition target) {
        return new TargetPosition(target.topic(), target.partition(), null);
    }

    /** The position of a partition of which something is left. */
    public static TargetPosition at(TopicPartition target, SourcePosition next) {
        return new TargetPosition(target.topic(), target.partition(), next);
    }

    /** The partition of the target. */
    TopicPartition target() {
        return new TopicPartition(topic, partition);
    }
}
