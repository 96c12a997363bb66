// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.CorruptSegmentException;
import dev.kafkabackup.segment.RecordBounds;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentReader;
import dev.kafkabackup.segment.SegmentRecord;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition in offset order, each offset once, however its segments overlap. A record that one
 * segment has and another lacks counts (log compaction came between); the same offset with different content stops the
 * reading, because nobody can tell which is right.
 *
 * <p>After an error it may be asked again. What could not be loaded is loaded again; what is damaged is left out: the
 * record whose content is in doubt, the rest of the damaged segment.
 *
 * <p>Holds one segment in memory, more only where segments overlap. Not thread safe.
 */
public final class PartitionRecords implements Iterator<SegmentRecord>, AutoCloseable {

    private final TopicIdPartition partition;
    private final List<SegmentSlice> slices;
    private final SegmentLoader loader;
    private final long fromOffset;
    private final RecordBounds wanted;
    private final PriorityQueue<Cursor> open = new PriorityQueue<>(Comparator.comparingLong(Cursor::offset));
    /**
     * Those whose record was delivered. They move on when the next one is wanted: damage behind a record hides no
     * record.
     */
    private final Deque<Cursor> delivered = new ArrayDeque<>();

    private int nextSlice;

    /**
     * @param slices by start offset, as {@link PartitionSegments#slices} gives them
     * @param fromOffset smallest offset to deliver
     */
    public PartitionRecords(
            TopicIdPartition partition, List<SegmentSlice> slices, SegmentLoader loader, long fromOffset) {
        this(partition, slices, loader, fromOffset, RecordBounds.ALL);
    }

    /**
     * A part of the records; what is in other pages of the segments is not looked at.
     *
     * @param slices by start offset, as {@link PartitionSegments#slices} gives them
     * @param wanted which records are delivered
     */
    public PartitionRecords(
            TopicIdPartition partition, List<SegmentSlice> slices, SegmentLoader loader, RecordBounds wanted) {
        this(
                partition,
                slices.stream().filter(slice -> wanted.mayBeIn(slice.name())).toList(),
                loader,
                wanted.offsets().startOffset(),
                wanted);
    }

    private PartitionRecords(
            TopicIdPartition partition,
            List<SegmentSlice> slices,
            SegmentLoader loader,
            long fromOffset,
            RecordBounds wanted) {
        this.partition = partition;
        this.slices = slices;
        this.loader = loader;
        this.fromOffset = fromOffset;
        this.wanted = wanted;
    }

    /**
     * @throws CorruptSegmentException if a segment does not hold what it promises
     * @throws FailedException if a segment cannot be read
     */
    @Override
    public boolean hasNext() {
        while (!delivered.isEmpty()) {
            advance(delivered.remove());
        }
        openWhatMayComeFirst();
        return !open.isEmpty();
    }

    @Override
    public SegmentRecord next() {
        if (!hasNext()) {
            throw new NoSuchElementException("Partition " + partition + " has no more records");
        }
        long offset = open.element().offset();
        while (!open.isEmpty() && open.element().offset() == offset) {
            delivered.add(open.remove());
        }
        Cursor first = delivered.element();
        for (Cursor twin : delivered) {
            if (!twin.record().sameContent(first.record())) {
                throw new CorruptSegmentException(
                        twin.path(),
                        new OffsetRange(offset, offset + 1),
                        "its record at offset %d of %s differs from the one in %s, and nothing tells which is right"
                                .formatted(offset, partition, first.path()),
                        null);
            }
        }
        return first.record();
    }

    private void advance(Cursor cursor) {
        if (cursor.advance()) {
            open.add(cursor);
        } else {
            cursor.close();
        }
    }

    private void openWhatMayComeFirst() {
        while (nextSlice < slices.size()) {
            SegmentSlice slice = slices.get(nextSlice);
            if (!open.isEmpty() && open.element().offset() < slice.valid().startOffset()) {
                return;
            }
            if (slice.valid().endOffset() > fromOffset && slice.name().records() > 0) {
                byte[] bytes = load(slice.name());
                nextSlice++;
                advance(open(slice, bytes));
            } else {
                nextSlice++;
            }
        }
    }

    private byte[] load(SegmentName name) {
        try {
            return loader.load(name);
        } catch (IOException e) {
            throw new FailedException(
                    "Segment %s of offsets %s cannot be read: %s".formatted(path(name), name.range(), e.getMessage()),
                    e);
        }
    }

    private Cursor open(SegmentSlice slice, byte[] bytes) {
        String path = path(slice.name());
        return new Cursor(slice, path, SegmentReader.open(path, partition, slice.name(), bytes, wanted), fromOffset);
    }

    private String path(SegmentName name) {
        return BackupLayout.segment(partition, name);
    }

    @Override
    public void close() {
        open.forEach(Cursor::close);
        open.clear();
        delivered.forEach(Cursor::close);
        delivered.clear();
        nextSlice = slices.size();
    }

    /**
     * Where the reading of one segment stands; it shows only what its slice and the first wanted offset let through.
     */
    private static final class Cursor {

        private final SegmentSlice slice;
        private final String path;
        private final SegmentReader reader;
        private final long fromOffset;
        private @Nullable SegmentRecord record;

        Cursor(SegmentSlice slice, String path, SegmentReader reader, long fromOffset) {
            this.slice = slice;
            this.path = path;
            this.reader = reader;
            this.fromOffset = fromOffset;
        }

        boolean advance() {
            while (reader.hasNext()) {
                SegmentRecord next = reader.next();
                if (next.offset() >= slice.valid().endOffset()) {
                    return false;
                }
                if (next.offset() >= fromOffset) {
                    record = next;
                    return true;
                }
            }
            return false;
        }

        SegmentRecord record() {
            if (record == null) {
                throw new IllegalStateException("The cursor of " + path + " stands before its first record");
            }
            return record;
        }

        long offset() {
            return record().offset();
        }

        String path() {
            return path;
        }

        void close() {
            reader.close();
        }
    }
}
