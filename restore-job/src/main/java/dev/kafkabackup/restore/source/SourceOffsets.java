// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.offset.OffsetRange;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;

/**
 * What is to be read of one partition of one incarnation.
 *
 * @param partition the partition in the backup
 * @param offsets planned ranges in which wanted records may lie, ascending, disjoint; one or more
 * @param bytes size of the segments that were planned
 */
record SourceOffsets(TopicIdPartition partition, List<OffsetRange> offsets, long bytes) {

    SourceOffsets {
        offsets = List.copyOf(offsets);
    }
}
