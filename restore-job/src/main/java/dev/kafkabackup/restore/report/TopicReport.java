// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.topicconfig.TargetConfiguration;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What was restored into one topic.
 *
 * @param topic name in the backup
 * @param topicIds the incarnations, in the order in which they were produced
 * @param target name of the topic that was restored into
 * @param configuration of the target, compared with what was backed up; null if it was not looked at
 * @param selection which records were wanted
 * @param records number of records produced
 * @param bytesRead size of the segments that were planned
 * @param partitions the selected partitions, ascending
 */
public record TopicReport(
        String topic,
        List<Uuid> topicIds,
        String target,
        @Nullable TargetConfiguration configuration,
        RecordSelection selection,
        long records,
        long bytesRead,
        List<PartitionReport> partitions) {

    public TopicReport {
        topicIds = List.copyOf(topicIds);
        partitions = List.copyOf(partitions);
    }
}
