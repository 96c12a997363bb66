// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A way to read segments; there are two that have nothing in common, and both must find the same. */
interface SegmentReader extends AutoCloseable {

    /** Passes on every record of the segments, by offset and then by leader epoch, those of equal rank included. */
    void read(List<Path> segments, Consumer<StoredRecord> action);

    /** What is in the segment. */
    SegmentFacts facts(Path segment);

    @Override
    void close();
}
