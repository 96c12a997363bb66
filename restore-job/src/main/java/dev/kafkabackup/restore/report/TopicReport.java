// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * What was restored of one topic incarnation.
 *
 * @param topic name in the backup
 * @param topicIds the incarnations, in the order in which they were produced
 * @param target name of the topic that was restored into
 * @param records number of records produced
 * @param bytesRead size of the segments that were planned
 * @param partitions the selected partitions, ascending
 */
public record TopicReport(
        String topic,
        List<Uuid> topicIds,
        String target,
        long records,
        long bytesRead,
        List<PartitionReport> partitions) {

    public TopicReport {
        topicIds = List.copyOf(topicIds);
        partitions = List.copyOf(partitions);
    }
}
