// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

/**
 * Consecutive source offsets that a restore produced to consecutive target offsets. Every offset of the run is a
 * record: a hole on either side begins a new run.
 *
 * @param source partition of the incarnation that was restored
 * @param sourceOffset first offset of the run in the source; 0 or more
 * @param target partition that the records were produced to
 * @param targetOffset first offset of the run in the target; 0 or more
 * @param length number of records; 1 or more
 */
public record OffsetMapRun(
        TopicIdPartition source, long sourceOffset, TopicPartition target, long targetOffset, long length) {

    /** @throws IllegalArgumentException if an offset is negative or the run is empty */
    public OffsetMapRun {
        if (sourceOffset < 0 || targetOffset < 0 || length < 1) {
            throw new IllegalArgumentException(
                    "An offset-map run of %s needs offsets of 0 or more and a length of 1 or more, but has %d -> %d, length %d"
                            .formatted(source, sourceOffset, targetOffset, length));
        }
    }

    /** Source offset after the last one of the run. */
    public long sourceEndOffset() {
        return sourceOffset + length;
    }

    /** Target offset after the last one of the run. */
    public long targetEndOffset() {
        return targetOffset + length;
    }

    /** Whether the other run begins in or right behind this one and goes the same way. */
    boolean isContinuedBy(OffsetMapRun other) {
        return other.sourceOffset >= sourceOffset
                && other.sourceOffset <= sourceEndOffset()
                && other.target.equals(target)
                && other.targetOffset - other.sourceOffset == targetOffset - sourceOffset;
    }

    /** This run, made longer if need be. */
    OffsetMapRun upTo(long newSourceEndOffset) {
        return new OffsetMapRun(
                source, sourceOffset, target, targetOffset, Math.max(length, newSourceEndOffset - sourceOffset));
    }
}
