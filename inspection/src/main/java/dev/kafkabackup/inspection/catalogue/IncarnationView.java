// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.LateRead;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of a topic in a backup.
 *
 * @param topic name
 * @param topicId ID
 * @param state {@code live}, {@code deleted}, or {@code unknown} if there is no metadata
 * @param firstSeen when it was seen first; null if there is no metadata
 * @param deletedAt when its deletion was proven; null if it was not
 * @param restoredFrom the incarnation that a restore filled it from, the newest of several; null if none did
 * @param origins all incarnations that a restore filled it from, in the order in which it did; mostly none
 * @param partitionCount number of partitions in Kafka, as last seen; null if there is no metadata
 * @param configs those that were set on the topic, as last seen
 * @param configsNow those that are set on the topic in Kafka; null if Kafka was not asked, did not tell or does not
 *     have it
 * @param configChanges what changed before that, oldest first
 * @param holds what keeps it from being removed
 * @param removedAt when a deleted incarnation leaves the backup, if it stays deleted; null if it is not deleted or
 *     stays for ever
 * @param readLate where tombstones of a compacted topic may be missing, by partition
 * @param compressionRatio how many bytes one stored byte stands for, in a sample of its segments; null without a sample
 * @param partitions those with a folder, ascending
 * @param problems what is wrong with it or could not be read, one line each
 */
public record IncarnationView(
        String topic,
        Uuid topicId,
        String state,
        @Nullable Instant firstSeen,
        @Nullable Instant deletedAt,
        @Nullable Uuid restoredFrom,
        List<Uuid> origins,
        @Nullable Integer partitionCount,
        Map<String, String> configs,
        @Nullable Map<String, String> configsNow,
        List<ConfigChange> configChanges,
        List<Hold> holds,
        @Nullable Instant removedAt,
        Map<Integer, List<LateRead>> readLate,
        @Nullable Double compressionRatio,
        List<PartitionView> partitions,
        List<String> problems) {

    /** A sum over its partitions. */
    public long sum(ToLongFunction<PartitionView> what) {
        return partitions.stream().mapToLong(what).sum();
    }
}
