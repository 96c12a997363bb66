// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.segment.SegmentName;
import java.time.Instant;
import org.apache.kafka.common.TopicIdPartition;

/**
 * A published segment, as the listing shows it.
 *
 * @param partition the partition in whose folder it lies
 * @param name its name
 * @param publishedAt when, by the storage's clock
 */
public record Segment(TopicIdPartition partition, SegmentName name, Instant publishedAt) {

    /** The object's path below the root. */
    public String path() {
        return BackupLayout.segment(partition, name);
    }
}
