// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects that were removed, or will be, or would be if nothing stood in the way.
 *
 * @param cause why
 * @param topic incarnation that they belong to
 * @param partition partition that they belong to
 * @param paths of the objects, below the root
 * @param bytes their size together
 * @param dueAt when their time comes or came, by the storage's clock; null if that is not known because something
 *     stands in the way of looking
 * @param obstacle what stands in the way; null if nothing does
 * @param explanation what exactly stands in the way, for people; empty if nothing does
 */
public record Removal(
        Cause cause,
        TopicIncarnation topic,
        int partition,
        List<String> paths,
        long bytes,
        @Nullable Instant dueAt,
        @Nullable Obstacle obstacle,
        String explanation) {

    public Removal {
        paths = List.copyOf(paths);
    }

    Removal heldBy(Obstacle what, String why) {
        return new Removal(cause, topic, partition, paths, bytes, dueAt, what, why);
    }

    /** The same, which waits for Kafka to tell; when its time comes is not known then, unless it has come before. */
    Removal notTold(String why) {
        return new Removal(
                cause,
                topic,
                partition,
                paths,
                bytes,
                obstacle == null ? dueAt : null,
                Obstacle.NOT_TOLD,
                "Kafka did not tell about it: " + why);
    }
}
