// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.restore.record.RestoreRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/** How far the records of a split have been emitted. Written from the task thread only, read by metrics as well. */
final class SegmentSplitState {

    private final SegmentSplit split;
    private volatile @Nullable TopicIdPartition source;
    private volatile long nextOffset;

    SegmentSplitState(SegmentSplit split) {
        this.split = split;
    }

    /** Counts the record as emitted. */
    void emitted(RestoreRecord record) {
        source = record.source();
        nextOffset = record.record().offset() + 1;
    }

    /** What is left of the split. */
    SegmentSplit toSplit() {
        TopicIdPartition last = source;
        return last == null ? split : split.from(last, nextOffset);
    }
}
