// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.select;

import dev.kafkabackup.segment.SegmentRecord;
import org.apache.kafka.common.TopicIdPartition;

/**
 * Decides for single records whether they are restored: implemented by users who need more than the options of the
 * command offer.
 *
 * <p>The class is public and has a public constructor without parameters. An instance is made for each partition and
 * used by one thread. The answer must depend on the record alone: after a failure the same records are shown again, and
 * those that were restored must be selected again. An exception ends the restore.
 */
@FunctionalInterface
public interface RecordFilter {

    /**
     * Whether this record is wanted; asked only for records that everything else in the selection lets through.
     *
     * @param source topic, topic ID and partition in the backup
     * @param record as it was backed up; not to be changed
     */
    boolean wants(TopicIdPartition source, SegmentRecord record);
}
