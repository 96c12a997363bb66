// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.segment.SegmentName;
import java.io.IOException;

/** Brings a segment's object; what is read ahead, retried or cached is the loader's business. */
@FunctionalInterface
public interface SegmentLoader {

    /** The whole object. Slices are asked for in the order of their list. */
    byte[] load(SegmentName segment) throws IOException;
}
