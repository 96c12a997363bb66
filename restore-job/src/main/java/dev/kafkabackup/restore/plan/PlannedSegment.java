// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;

/**
 * A segment that is to be read.
 *
 * @param name the object's name, without its folder
 * @param endOffset where its valid part ends, exclusive; what lies behind was overruled by a higher leader epoch
 */
public record PlannedSegment(String name, long endOffset) {

    static PlannedSegment of(SegmentSlice slice) {
        return new PlannedSegment(slice.name().fileName(), slice.valid().endOffset());
    }

    /**
     * What the catalogue calls it.
     *
     * @throws CorruptDataException if the plan was changed by hand so that it names no segment
     */
    public SegmentSlice slice() {
        SegmentName parsed = SegmentName.parse(name)
                .orElseThrow(() -> new CorruptDataException(PlanStore.PLAN, "'" + name + "' is not a segment's name"));
        return new SegmentSlice(parsed, new OffsetRange(parsed.range().startOffset(), endOffset));
    }
}
