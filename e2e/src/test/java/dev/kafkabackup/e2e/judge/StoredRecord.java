// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedRecord;
import java.util.Comparator;

/**
 * A record as found in a segment.
 *
 * @param record the record
 * @param leaderEpoch epoch of the leader that wrote it, -1 if unknown
 * @param segment name of the segment's file
 */
record StoredRecord(ProducedRecord record, int leaderEpoch, String segment) {

    static final Comparator<StoredRecord> BY_OFFSET_AND_EPOCH = Comparator.comparingLong(StoredRecord::offset)
            .thenComparingInt(StoredRecord::leaderEpoch)
            .thenComparing(StoredRecord::segment);

    long offset() {
        return record.offset();
    }
}
