// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import java.util.OptionalLong;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.kafka.common.TopicIdPartition;

/**
 * One partition of one incarnation. Where reading begins is not part of it: whoever opens the partition looks at what
 * is covered, so that no old state can make it skip or repeat anything.
 *
 * @param partition partition and incarnation
 * @param stopOffset where a bounded reading ends, exclusive; empty to read for ever
 */
public record PartitionSplit(TopicIdPartition partition, OptionalLong stopOffset) implements SourceSplit {

    @Override
    public String splitId() {
        return splitId(partition);
    }

    static String splitId(TopicIdPartition partition) {
        return partition.topicId() + "-" + partition.partition();
    }
}
