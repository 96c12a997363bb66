// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;

/**
 * The part of a segment that counts: records behind the start of a segment of a higher leader epoch were overruled by
 * it.
 *
 * @param name the segment's name
 * @param valid the offsets that count; begins where the segment begins
 */
public record SegmentSlice(SegmentName name, OffsetRange valid) {}
