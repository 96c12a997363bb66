// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.parquet.BytesOutputFile;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.values.factory.DefaultV1ValuesWriterFactory;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Writes records to the columns of a Parquet file in memory, as one row group. Not thread safe.
 *
 * <p>Parquet's record writers are made for any schema: they look up fields, conversions and the place in the tree for
 * each value, which costs several times what the bytes cost. Here the schema is known, and each value goes straight to
 * the writer of its column, with its repetition and definition level.
 */
final class SegmentColumns {

    /** Records of 1 KiB: about a thousand a page; a reader decompresses no more than it needs. */
    private static final int PAGE_BYTES = 1024 * 1024;

    /**
     * After how many records at most Parquet looks whether a page is full. Its own limits, 100 at least and 10,000 at
     * most, let a page of large records grow to the size of the segment, and sealing needs several times a page.
     */
    private static final int PAGE_CHECK_RECORDS = 100;

    private static final ParquetProperties PROPERTIES = ParquetProperties.builder()
            .withAllocator(HeapByteBufferAllocator.getInstance())
            .withPageSize(PAGE_BYTES)
            .withMinRowCountForPageSizeCheck(1)
            .withMaxRowCountForPageSizeCheck(PAGE_CHECK_RECORDS)
            // the smallest and the largest payload help no reader, and would be kept as copies until the end
            .withStatisticsEnabled("key", false)
            .withStatisticsEnabled("value", false)
            .withStatisticsEnabled("headers.list.element.value", false)
            // payloads rarely repeat as a whole: a dictionary would cost memory and be thrown away
            .withDictionaryEncoding(false)
            .withPageWriteChecksumEnabled(true)
            // the default is one object for the whole JVM, and does what the last properties built anywhere say
            .withValuesWriterFactory(new DefaultV1ValuesWriterFactory())
            .build();

    /** Where readers that know Avro, ours among them, find the schema that the columns were made from. */
    private static final Map<String, String> AVRO_SCHEMA = Map.of(
            "parquet.avro.schema", SegmentSchema.RECORD.toString(), ParquetWriter.OBJECT_MODEL_NAME_PROP, "avro");

    private final ParquetFileWriter file;
    private final ColumnChunkPageWriteStore pages;
    private final ColumnWriteStore columns;

    private final ColumnWriter offset;
    private final ColumnWriter timestamp;
    private final ColumnWriter timestampType;
    private final ColumnWriter leaderEpoch;
    private final ColumnWriter key;
    private final ColumnWriter value;
    private final ColumnWriter headerKey;
    private final ColumnWriter headerValue;

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
        columns = PROPERTIES.newColumnWriteStore(SegmentSchema.COLUMNS, pages);
        offset = columns.getColumnWriter(SegmentSchema.OFFSET);
        timestamp = columns.getColumnWriter(SegmentSchema.TIMESTAMP);
        timestampType = columns.getColumnWriter(SegmentSchema.TIMESTAMP_TYPE);
        leaderEpoch = columns.getColumnWriter(SegmentSchema.LEADER_EPOCH);
        key = columns.getColumnWriter(SegmentSchema.KEY);
        value = columns.getColumnWriter(SegmentSchema.VALUE);
        headerKey = columns.getColumnWriter(SegmentSchema.HEADER_KEY);
        headerValue = columns.getColumnWriter(SegmentSchema.HEADER_VALUE);
    }

    /** Appends one row; the arrays of the record are read before this returns, and not kept. */
    void write(SegmentRecord record) {
        offset.write(record.offset(), 0, 0);
        timestamp.write(record.timestamp(), 0, 0);
        timestampType.write(record.timestampType().id, 0, 0);
        if (record.leaderEpoch() < 0) {
            leaderEpoch.writeNull(0, 0);
        } else {
            leaderEpoch.write(record.leaderEpoch(), 0, 1);
        }
        optional(key, record.key(), 0, 1);
        optional(value, record.value(), 0, 1);
        headers(record.headers());
        columns.endRecord();
        records++;
    }

    /** An entry of the list adds one to the level of what is there, and each but the first repeats. */
    private void headers(Headers headers) {
        int repetition = 0;
        for (Header header : headers) {
            byte[] name = header.key().getBytes(StandardCharsets.UTF_8);
            headerKey.write(Binary.fromConstantByteArray(name), repetition, 1);
            payloadBytes += name.length;
            optional(headerValue, header.value(), repetition, 2);
            repetition = 1;
        }
        if (repetition == 0) {
            headerKey.writeNull(0, 0);
            headerValue.writeNull(0, 0);
        }
    }

    private void optional(ColumnWriter column, byte @Nullable [] bytes, int repetition, int definition) {
        if (bytes == null) {
            column.writeNull(repetition, definition - 1);
        } else {
            column.write(Binary.fromReusedByteArray(bytes), repetition, definition);
            payloadBytes += bytes.length;
        }
    }

    /** Bytes of all keys, values and headers so far. */
    long payloadBytes() {
        return payloadBytes;
    }

    /** Pages as they are encoded, the last ones not yet compressed. */
    long encodedBytes() {
        return columns.getBufferedSize();
    }

    /**
     * Writes everything to the file, which is complete then.
     *
     * @param entries of the footer
     */
    void close(Map<String, String> entries) throws IOException {
        if (records > 0) {
            file.startBlock(records);
            columns.flush();
            pages.flushToFileWriter(file);
            file.endBlock();
        }
        columns.close();
        pages.close();
        Map<String, String> footer = new HashMap<>(AVRO_SCHEMA);
        footer.putAll(entries);
        file.end(footer);
    }
}
