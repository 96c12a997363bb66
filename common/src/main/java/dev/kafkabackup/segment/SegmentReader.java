// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.parquet.BytesInputFile;
import dev.kafkabackup.parquet.FileChecksum;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.hadoop.ParquetReader;
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
    private final boolean whole;
    private final ParquetReader<IndexedRecord> parquet;

    private @Nullable SegmentRecord next;
    private @Nullable BackupException failure;
    private boolean ended;
    private long lastOffset;
    private long recordsRead;

    private SegmentReader(String path, SegmentName name, boolean whole, ParquetReader<IndexedRecord> parquet) {
        this.path = path;
        this.name = name;
        this.whole = whole;
        this.parquet = parquet;
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
            Optional<FilterCompat.Filter> filter = wanted.filterOf(name);
            return new SegmentReader(
                    path,
                    name,
                    filter.isEmpty(),
                    AvroParquetReader.<IndexedRecord>builder(new BytesInputFile(bytes), SegmentSchema.configuration())
                            .withDataModel(GenericData.get())
                            .withCodecFactory(new ZstdCodecFactory(ZstdCodecFactory.DEFAULT_LEVEL))
                            .usePageChecksumVerification(true)
                            .withFilter(filter.orElse(FilterCompat.NOOP))
                            .build());
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
        @Nullable IndexedRecord stored = parquet.read();
        if (stored == null) {
            if (whole && recordsRead != name.records()) {
                throw corrupt(
                        path, name, "only " + recordsRead + " of its " + name.records() + " records are there", null);
            }
            ended = true;
            return;
        }
        SegmentRecord record = toRecord(stored);
        if (record.offset() <= lastOffset || !name.range().contains(record.offset())) {
            throw corrupt(path, name, "offset " + record.offset() + " follows " + lastOffset, null);
        }
        lastOffset = record.offset();
        recordsRead++;
        next = record;
    }

    private static SegmentRecord toRecord(IndexedRecord stored) {
        @Nullable Integer leaderEpoch = (Integer) stored.get(SegmentSchema.LEADER_EPOCH);
        RecordHeaders headers = new RecordHeaders();
        for (Object element : (Collection<?>) stored.get(SegmentSchema.HEADERS)) {
            IndexedRecord header = (IndexedRecord) element;
            headers.add(header.get(SegmentSchema.HEADER_KEY).toString(), bytes(header.get(SegmentSchema.HEADER_VALUE)));
        }
        return new SegmentRecord(
                (Long) stored.get(SegmentSchema.OFFSET),
                (Long) stored.get(SegmentSchema.TIMESTAMP),
                TimestampTypes.of((Integer) stored.get(SegmentSchema.TIMESTAMP_TYPE)),
                leaderEpoch == null ? -1 : leaderEpoch,
                bytes(stored.get(SegmentSchema.KEY)),
                bytes(stored.get(SegmentSchema.VALUE)),
                headers);
    }

    private static byte @Nullable [] bytes(@Nullable Object stored) {
        if (stored == null) {
            return null;
        }
        ByteBuffer buffer = (ByteBuffer) stored;
        if (buffer.hasArray() && buffer.arrayOffset() == 0 && buffer.array().length == buffer.remaining()) {
            return buffer.array();
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
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
            parquet.close();
        } catch (IOException e) {
            throw asCorrupt(path, name, e);
        }
    }
}
