// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.parquet.BytesOutputFile;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/**
 * Writes records to the columns of a Parquet file in memory, as one row group. Not thread safe.
 *
 * <p>Parquet's record writers are made for any schema: they look up fields, conversions and the place in the tree for
 * each value, which costs several times what the bytes cost; its column writers allocate each page anew and copy it
 * once more. Here the schema is known, and each value goes straight to the page of its column.
 */
final class SegmentColumns {

    private static final ParquetProperties PROPERTIES = ParquetProperties.builder()
            .withAllocator(HeapByteBufferAllocator.getInstance())
            .withPageWriteChecksumEnabled(true)
            .build();

    /** Where readers that know Avro, ours among them, find the schema that the columns were made from. */
    private static final Map<String, String> AVRO_SCHEMA = Map.of(
            "parquet.avro.schema", SegmentSchema.RECORD.toString(), ParquetWriter.OBJECT_MODEL_NAME_PROP, "avro");

    private final ParquetFileWriter file;
    private final ColumnChunkPageWriteStore pages;
    private final List<PlainColumn> columns = new ArrayList<>();

    private final PlainColumn offset;
    private final PlainColumn timestamp;
    private final PlainColumn timestampType;
    private final PlainColumn leaderEpoch;
    private final PlainColumn key;
    private final PlainColumn value;
    private final PlainColumn headerKey;
    private final PlainColumn headerValue;

    private long records;
    private long payloadBytes;

    /**
     * Opens an empty file.
     *
     * @param compressionLevel zstd level, 1 to 22
     */
    SegmentColumns(BytesOutputFile target, int compressionLevel) throws IOException {
        file = new ParquetFileWriter(
                target,
                SegmentSchema.COLUMNS,
                ParquetFileWriter.Mode.CREATE,
                ParquetWriter.DEFAULT_BLOCK_SIZE,
                ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
                (FileEncryptionProperties) null,
                PROPERTIES);
        file.start();
        pages = new ColumnChunkPageWriteStore(
                new ZstdCodecFactory(compressionLevel).getCompressor(CompressionCodecName.ZSTD),
                SegmentSchema.COLUMNS,
                PROPERTIES.getAllocator(),
                PROPERTIES.getColumnIndexTruncateLength(),
                PROPERTIES.getPageWriteChecksumEnabled());
        offset = column(SegmentSchema.OFFSET, true);
        timestamp = column(SegmentSchema.TIMESTAMP, true);
        timestampType = column(SegmentSchema.TIMESTAMP_TYPE, true);
        leaderEpoch = column(SegmentSchema.LEADER_EPOCH, true);
        // the smallest and the largest payload help no reader
        key = column(SegmentSchema.KEY, false);
        value = column(SegmentSchema.VALUE, false);
        headerKey = column(SegmentSchema.HEADER_KEY, false);
        headerValue = column(SegmentSchema.HEADER_VALUE, false);
    }

    private PlainColumn column(ColumnDescriptor descriptor, boolean hasStatistics) {
        PlainColumn column = new PlainColumn(descriptor, pages.getPageWriter(descriptor), hasStatistics);
        columns.add(column);
        return column;
    }

    /** Appends one row; the arrays of the record are read before this returns, and not kept. */
    void write(SegmentRecord record) throws IOException {
        offset.writeLong(record.offset());
        timestamp.writeLong(record.timestamp());
        timestampType.writeInt(record.timestampType().id);
        if (record.leaderEpoch() < 0) {
            leaderEpoch.writeNull(0, 0);
        } else {
            leaderEpoch.writeInt(record.leaderEpoch());
        }
        optional(key, record.key(), 0, 0);
        optional(value, record.value(), 0, 0);
        headers(record.headers());
        records++;
    }

    /** An entry of the list adds one to the level of what is there, and each but the first repeats. */
    private void headers(Headers headers) throws IOException {
        int repetition = 0;
        for (Header header : headers) {
            byte[] name = header.key().getBytes(StandardCharsets.UTF_8);
            headerKey.writeBytes(name, repetition);
            payloadBytes += name.length;
            optional(headerValue, header.value(), repetition, 1);
            repetition = 1;
        }
        if (repetition == 0) {
            headerKey.writeNull(0, 0);
            headerValue.writeNull(0, 0);
        }
    }

    /** @param definition of null */
    private void optional(PlainColumn column, byte @Nullable [] bytes, int repetition, int definition)
            throws IOException {
        if (bytes == null) {
            column.writeNull(repetition, definition);
        } else {
            column.writeBytes(bytes, repetition);
            payloadBytes += bytes.length;
        }
    }

    /** Bytes of all keys, values and headers so far. */
    long payloadBytes() {
        return payloadBytes;
    }

    /** Pages as they are encoded, the last ones not yet compressed. */
    long encodedBytes() {
        long bytes = 0;
        for (PlainColumn column : columns) {
            bytes += column.encodedBytes();
        }
        return bytes;
    }

    /** Bytes of heap that pages and buffers occupy. */
    long heapBytes() {
        long bytes = 0;
        for (PlainColumn column : columns) {
            bytes += column.heapBytes();
        }
        return bytes;
    }

    /**
     * Writes everything to the file, which is complete then.
     *
     * @param entries of the footer
     */
    void close(Map<String, String> entries) throws IOException {
        if (records > 0) {
            file.startBlock(records);
            for (PlainColumn column : columns) {
                column.flush();
            }
            pages.flushToFileWriter(file);
            file.endBlock();
        }
        pages.close();
        Map<String, String> footer = new HashMap<>(AVRO_SCHEMA);
        footer.putAll(entries);
        file.end(footer);
    }
}
