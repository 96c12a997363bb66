// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.restore.record.RestoreRecord;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Is shown the pairs of equal records of one target partition, in order. Used by one thread. */
public interface PairVisitor {

    /** Whether the target's record at this offset is to be compared. */
    default boolean concerns(long targetOffset) {
        return true;
    }

    /**
     * A record of the backup and where it is in the target.
     *
     * @return what is wrong with this pair all the same; empty if nothing is
     */
    Optional<String> pair(RestoreRecord record, TopicPartition target, long targetOffset) throws IOException;

    /**
     * There are no more pairs.
     *
     * @return what is wrong with all of them together; empty if nothing is
     */
    Optional<String> end() throws IOException;
}
