// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.offset.OffsetRange;
import org.jspecify.annotations.Nullable;

/** A segment does not hold what it promises, so that some of its records cannot be had from it. */
public final class CorruptSegmentException extends CorruptDataException {

    private static final long serialVersionUID = 1L;

    private final String object;
    private final long startOffset;
    private final long endOffset;
    private final String what;

    /**
     * @param object the segment's path below the root
     * @param offsets where its records are in doubt
     * @param what what was found and what was expected, with the offsets
     */
    public CorruptSegmentException(String object, OffsetRange offsets, String what, @Nullable Throwable cause) {
        super(object, what, cause);
        this.object = object;
        this.startOffset = offsets.startOffset();
        this.endOffset = offsets.endOffset();
        this.what = what;
    }

    /** The segment's path below the root. */
    public String object() {
        return object;
    }

    /** Where its records are in doubt. */
    public OffsetRange offsets() {
        return new OffsetRange(startOffset, endOffset);
    }

    /** What is wrong with it; the message without the object. */
    public String what() {
        return what;
    }
}
