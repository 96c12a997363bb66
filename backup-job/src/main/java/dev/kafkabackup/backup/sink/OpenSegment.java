// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.backup.source.PartitionBatch;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;

/** The segment that a partition's batches go to, with what decides when it is sealed. Not thread safe. */
final class OpenSegment {

    /** How many bytes are appended before the size is looked at again: asking for it costs a walk over the columns. */
    private static final long SIZE_CHECK_BYTES = 256 * 1024;

    /** What a record adds besides its payload: offset, timestamp, epoch, lengths. */
    private static final long ROW_BYTES = 35;

    /** What a segment without records occupies: objects, a place in a map. */
    private static final long OBJECTS_BYTES = 1024;

    private final SegmentWriter writer;
    private final long startOffset;
    private final long openedAtMs;
    private long measuredBytes;
    private long measuredHeapBytes;
    private long uncheckedBytes;

    OpenSegment(SegmentWriter writer, long startOffset, long openedAtMs) {
        this.writer = writer;
        this.startOffset = startOffset;
        this.openedAtMs = openedAtMs;
        measure();
    }

    /** The first offset that is covered. */
    long startOffset() {
        return startOffset;
    }

    /** Offset at which the next batch has to begin. */
    long endOffset() {
        return writer.endOffset();
    }

    boolean hasRecords() {
        return writer.records() > 0;
    }

    /** When the first offset was covered, in epoch ms of the host. */
    long openedAtMs() {
        return openedAtMs;
    }

    /** About the size that it would be published with. */
    long encodedBytes() {
        return measuredBytes + uncheckedBytes;
    }

    /** About what it occupies in memory, also if it holds next to nothing. */
    long heapBytes() {
        return OBJECTS_BYTES + measuredHeapBytes + uncheckedBytes;
    }

    /** Appends a record of a batch. */
    void append(SegmentRecord record) {
        long before = writer.payloadBytes();
        writer.append(record);
        uncheckedBytes += writer.payloadBytes() - before + ROW_BYTES;
        if (uncheckedBytes >= SIZE_CHECK_BYTES) {
            measure();
        }
    }

    /** Covers a batch up to its end, after its records were appended. */
    void advanceTo(PartitionBatch batch) {
        writer.advanceTo(batch.endOffset(), batch.leaderEpoch());
        measure();
    }

    private void measure() {
        measuredBytes = writer.encodedBytes();
        measuredHeapBytes = writer.heapBytes();
        uncheckedBytes = 0;
    }

    EncodedSegment seal() {
        return writer.seal();
    }
}
