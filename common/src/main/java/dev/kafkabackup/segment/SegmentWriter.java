// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.parquet.BytesOutputFile;
import dev.kafkabackup.parquet.FileChecksum;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Writes the open segment of one partition, in memory. Records are appended in offset order; {@link #seal} gives the
 * segment its end, its footer and its name. A writer that is dropped without being sealed leaves nothing behind.
 *
 * <p>Not thread safe.
 */
public final class SegmentWriter {

    /** Heap that an open Parquet file occupies besides its pages, measured: columns, schema. */
    private static final long OPEN_FILE_BYTES = 17 * 1024;

    /** The footer is written before the size is known; a name needs one. */
    private static final long UNKNOWN_SIZE = 1;

    private final String clusterId;
    private final TopicIdPartition partition;
    private final long startOffset;
    private final BytesOutputFile file = new BytesOutputFile();
    private final int compressionLevel;

    /** Opened with the first record: a partition that only moves over markers costs next to nothing. */
    private @Nullable SegmentColumns columns;

    private long endOffset;
    private int leaderEpoch = -1;
    private long minTimestamp = -1;
    private long maxTimestamp = -1;
    private long records;
    private @Nullable Long gapStartOffset;

    /**
     * @param clusterId id of the Kafka cluster that served the records, for the footer
     * @param partition partition and incarnation
     * @param startOffset where the segment begins; 0 or more
     * @param compressionLevel zstd level, 1 to 22
     */
    public SegmentWriter(String clusterId, TopicIdPartition partition, long startOffset, int compressionLevel) {
        this.clusterId = clusterId;
        this.partition = partition;
        this.startOffset = startOffset;
        this.endOffset = startOffset;
        this.compressionLevel = compressionLevel;
    }

    private SegmentColumns columns() throws IOException {
        if (columns == null) {
            columns = new SegmentColumns(file, compressionLevel);
        }
        return columns;
    }

    /**
     * Writes down that the hole before this segment is no lost segment: Kafka had nothing of it any more.
     *
     * @param offset where the hole begins, less than the segment's start
     */
    public void followsGapFrom(long offset) {
        if (offset < 0 || offset >= startOffset) {
            throw new IllegalArgumentException(
                    "Segment %s at %d cannot follow a gap from %d".formatted(partition, startOffset, offset));
        }
        gapStartOffset = offset;
    }

    /**
     * Appends the next record and covers everything up to it.
     *
     * @throws IllegalArgumentException if the record is not behind all that is covered; nothing was written then
     */
    public void append(SegmentRecord record) {
        if (record.offset() < endOffset) {
            throw new IllegalArgumentException("Segment %s [%d, %d) cannot take offset %d: it is already covered"
                    .formatted(partition, startOffset, endOffset, record.offset()));
        }
        try {
            columns().write(record);
        } catch (IOException e) {
            throw new UncheckedIOException("A Parquet file in memory cannot be written", e);
        }
        endOffset = record.offset() + 1;
        leaderEpoch = Math.max(leaderEpoch, record.leaderEpoch());
        records++;
        if (record.timestamp() >= 0) {
            minTimestamp = minTimestamp < 0 ? record.timestamp() : Math.min(minTimestamp, record.timestamp());
            maxTimestamp = Math.max(maxTimestamp, record.timestamp());
        }
    }

    /**
     * Covers the offsets up to a position that the reader has reached: what lies before it and was not appended, Kafka
     * did not serve.
     *
     * @param position offset of the next record to read, at or above {@link #endOffset()}
     * @param positionEpoch leader epoch of the position, -1 if unknown
     */
    public void advanceTo(long position, int positionEpoch) {
        if (position < endOffset) {
            throw new IllegalArgumentException(
                    "Segment %s [%d, %d) cannot end at %d".formatted(partition, startOffset, endOffset, position));
        }
        endOffset = position;
        leaderEpoch = Math.max(leaderEpoch, positionEpoch);
    }

    /** Partition and incarnation. */
    public TopicIdPartition partition() {
        return partition;
    }

    /** Offset after the last covered one; equal to the start offset while nothing is covered. */
    public long endOffset() {
        return endOffset;
    }

    /** Number of records appended so far. */
    public long records() {
        return records;
    }

    /** Bytes of all keys, values and headers appended so far, as they came. */
    public long payloadBytes() {
        return columns == null ? 0 : columns.payloadBytes();
    }

    /**
     * About the size that the segment would be published with: pages as they are encoded, the last ones not yet
     * compressed.
     */
    public long encodedBytes() {
        return columns == null ? 0 : columns.encodedBytes();
    }

    /** About how many bytes of heap the open segment occupies. */
    public long heapBytes() {
        return columns == null ? 0 : OPEN_FILE_BYTES + columns.heapBytes();
    }

    /**
     * Ends the segment; the writer is not to be used any more.
     *
     * @throws IllegalStateException if nothing is covered
     */
    public EncodedSegment seal() {
        if (endOffset == startOffset) {
            throw new IllegalStateException("Segment " + partition + " at " + startOffset + " covers nothing");
        }
        try {
            columns()
                    .close(new SegmentMetadata(
                                    clusterId,
                                    partition,
                                    range(),
                                    name(UNKNOWN_SIZE).withoutSize(),
                                    gapStartOffset)
                            .toFooter());
        } catch (IOException e) {
            throw new UncheckedIOException("A Parquet file in memory cannot be closed", e);
        }
        FileChecksum.seal(file);
        return new EncodedSegment(partition, name(file.sizeBytes()), file);
    }

    private SegmentName name(long sizeBytes) {
        return new SegmentName(range(), leaderEpoch, minTimestamp, maxTimestamp, records, sizeBytes);
    }

    private OffsetRange range() {
        return new OffsetRange(startOffset, endOffset);
    }
}
