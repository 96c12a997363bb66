// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.segment.SegmentName;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;

/**
 * What verifying one partition has shown.
 *
 * @param partition which
 * @param segments number of segments that were looked at
 * @param records number of records that their names promise
 * @param bytes their size
 * @param damaged segments that do not hold what they promise
 * @param findings in the order of their discovery
 */
public record PartitionResult(
        TopicIdPartition partition,
        long segments,
        long records,
        long bytes,
        Set<SegmentName> damaged,
        List<Finding> findings) {

    /** Whether something is wrong. */
    public boolean isWrong() {
        return findings.stream().anyMatch(finding -> finding.kind().isWrong());
    }
}
