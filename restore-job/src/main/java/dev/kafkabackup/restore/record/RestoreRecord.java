// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.record;

import dev.kafkabackup.segment.SegmentRecord;
import org.apache.kafka.common.TopicIdPartition;

/**
 * A record of the backup and where it goes: to the partition of the same number. Immutable.
 *
 * @param source the partition that it comes from
 * @param target name of the topic that it goes to
 * @param record the message
 */
public record RestoreRecord(TopicIdPartition source, String target, SegmentRecord record) {

    /** Where the record lies, without its content: payloads never reach a log. */
    @Override
    public String toString() {
        return record + " of " + source;
    }
}
