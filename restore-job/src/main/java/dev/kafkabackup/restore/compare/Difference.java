// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.restore.record.RestoreRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The first place at which a target partition is not what the backup says. Holds no content of any record.
 *
 * @param target partition of the target
 * @param targetOffset offset there; null if the target has no record that belongs here
 * @param source partition of the backup; null if the backup has no record that belongs here
 * @param sourceOffset offset there; null together with {@code source}
 * @param what what differs
 */
public record Difference(
        TopicPartition target,
        @Nullable Long targetOffset,
        @Nullable TopicIdPartition source,
        @Nullable Long sourceOffset,
        String what) {

    static Difference at(RestoreRecord expected, TopicPartition target, @Nullable Long targetOffset, String what) {
        return new Difference(
                target, targetOffset, expected.source(), expected.record().offset(), what);
    }

    /** {@code partition 3 of orders, target offset 12, source offset 15 of orders (…): the value differs}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("partition %d of %s".formatted(target.partition(), target.topic()));
        if (targetOffset != null) {
            text.append(", target offset ").append(targetOffset);
        }
        if (source != null) {
            text.append(", source offset %d of %s (%s)".formatted(sourceOffset, source.topic(), source.topicId()));
        }
        return text.append(": ").append(what).toString();
    }
}
