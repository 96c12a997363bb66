// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.parquet.FileChecksum;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one segment in offset order and checks on the way that the object holds what its place, its name
 * and its footer promise. Everything that is wrong with it is a {@link CorruptSegmentException} that names the object
 * and its range.
 *
 * <p>Not thread safe.
 */
public final class SegmentReader implements Iterator<SegmentRecord>, AutoCloseable {

    private final String path;
    private final SegmentName name;
    private final RecordBounds wanted;
    private final SegmentRows rows;

    private @Nullable SegmentRecord next;
    private @Nullable BackupException failure;
    private boolean ended;
    private long lastOffset;
    private long recordsRead;

    private SegmentReader(String path, SegmentName name, RecordBounds wanted, SegmentRows rows) {
        this.path = path;
        this.name = name;
        this.wanted = wanted;
        this.rows = rows;
        this.lastOffset = name.range().startOffset() - 1;
    }

    /**
     * Opens a segment whose object was read whole.
     *
     * @param path the object's path below the root, for messages
     * @param partition the partition in whose folder the object lies
     * @param name the object's name
     * @param bytes the object; not copied
     */
    public static SegmentReader open(String path, TopicIdPartition partition, SegmentName name, byte[] bytes) {
        return open(path, partition, name, bytes, RecordBounds.ALL);
    }

    /**
     * Opens a segment whose object was read whole, to read a part of its records. The object's checksum is checked all
     * the same; what the pages of other records hold is not.
     *
     * @param wanted which records come out
     */
    public static SegmentReader open(
            String path, TopicIdPartition partition, SegmentName name, byte[] bytes, RecordBounds wanted) {
        if (bytes.length != name.sizeBytes()) {
            throw corrupt(
                    path, name, "its size is " + bytes.length + " bytes, its name says " + name.sizeBytes(), null);
        }
        try {
            boolean hasChecksum = FileChecksum.check(bytes);
            SegmentFooter footer = SegmentFooter.read(path, bytes);
            footer.check(path, partition, name);
            if (!hasChecksum && footer.metadata().name() != null) {
                throw corrupt(path, name, "its footer does not have the checksum that it was written with", null);
            }
            return new SegmentReader(path, name, wanted, new SegmentRows(bytes, wanted.filterOf(name)));
        } catch (IOException | RuntimeException e) {
            throw asCorrupt(path, name, e);
        }
    }

    /** @throws CorruptDataException if the next record cannot be read; those before it were right */
    @Override
    public boolean hasNext() {
        if (failure != null) {
            throw failure;
        }
        if (next == null && !ended) {
            try {
                advance();
            } catch (IOException | RuntimeException e) {
                failure = asCorrupt(path, name, e);
                throw failure;
            }
        }
        return next != null;
    }

    @Override
    public SegmentRecord next() {
        SegmentRecord record = hasNext() ? next : null;
        if (record == null) {
            throw new NoSuchElementException(path + " has no more records");
        }
        next = null;
        return record;
    }

    private void advance() throws IOException {
        do {
            readRow();
        } while (next != null && !wanted.contains(next));
    }

    private void readRow() throws IOException {
        SegmentRecord record = rows.read();
        next = record;
        if (record == null) {
            if (rows.areAll() && recordsRead != name.records()) {
                throw corrupt(
                        path, name, "only " + recordsRead + " of its " + name.records() + " records are there", null);
            }
            ended = true;
            return;
        }
        if (record.offset() <= lastOffset || !name.range().contains(record.offset())) {
            throw corrupt(path, name, "offset " + record.offset() + " follows " + lastOffset, null);
        }
        lastOffset = record.offset();
        recordsRead++;
    }

    private static BackupException asCorrupt(String path, SegmentName name, Exception e) {
        return e instanceof BackupException known
                ? known
                : corrupt(path, name, "it cannot be read as a segment: " + e.getMessage(), e);
    }

    static CorruptSegmentException corrupt(String path, SegmentName name, String what, @Nullable Exception cause) {
        return new CorruptSegmentException(
                path, name.range(), "segment of offsets " + name.range() + " is damaged: " + what, cause);
    }

    @Override
    public void close() {
        try {
            rows.close();
        } catch (IOException e) {
            throw asCorrupt(path, name, e);
        }
    }
}
