// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.segment.SegmentRecord;

/** How far the records of a split have been emitted. Used from the task thread only. */
final class SegmentSplitState {

    private final SegmentSplit split;
    private long nextOffset;

    SegmentSplitState(SegmentSplit split) {
        this.split = split;
        this.nextOffset = split.nextOffset();
    }

    /** Counts the record as emitted. */
    RestoreRecord emit(SegmentRecord record) {
        nextOffset = record.offset() + 1;
        return new RestoreRecord(split.source(), split.target(), record);
    }

    /** What is left of the split. */
    SegmentSplit toSplit() {
        return split.from(nextOffset);
    }
}
