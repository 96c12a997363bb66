// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.parquet.BytesInputFile;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.VersionParser;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a segment from its columns, one after the other. The counterpart of {@link SegmentColumns}, and
 * like it without Parquet's record readers, which walk a tree of converters for each value. Not thread safe.
 *
 * <p>What is wrong with the file comes as an {@link IOException} or a {@link RuntimeException} of Parquet.
 */
final class SegmentRows implements AutoCloseable {

    /** Only of interest for encodings of the first writers of Parquet, which no segment has. */
    private static final VersionParser.ParsedVersion NO_KNOWN_FAULTS =
            new VersionParser.ParsedVersion("parquet-mr", null, null);

    private final ParquetFileReader file;

    private @Nullable RowGroup group;

    /** @param bytes the whole object; not copied */
    SegmentRows(byte[] bytes) throws IOException {
        file = ParquetFileReader.open(
                new BytesInputFile(bytes),
                ParquetReadOptions.builder(new PlainParquetConfiguration())
                        .withCodecFactory(new ZstdCodecFactory(ZstdCodecFactory.DEFAULT_LEVEL))
                        .usePageChecksumVerification(true)
                        .build());
        file.setRequestedSchema(columns(file.getFileMetaData().getSchema()));
    }

    /** Our columns of the file; a later writer may have added others. */
    private static List<ColumnDescriptor> columns(MessageType stored) {
        List<ColumnDescriptor> columns = new ArrayList<>();
        for (ColumnDescriptor wanted : SegmentSchema.COLUMNS.getColumns()) {
            String path = String.join(".", wanted.getPath());
            if (!stored.containsPath(wanted.getPath())) {
                throw new ParquetDecodingException("it has no column " + path);
            }
            ColumnDescriptor found = stored.getColumnDescription(wanted.getPath());
            if (found.getPrimitiveType().getPrimitiveTypeName()
                            != wanted.getPrimitiveType().getPrimitiveTypeName()
                    || found.getMaxDefinitionLevel() != wanted.getMaxDefinitionLevel()
                    || found.getMaxRepetitionLevel() != wanted.getMaxRepetitionLevel()) {
                throw new ParquetDecodingException("its column " + path + " is " + found + ", not " + wanted);
            }
            columns.add(found);
        }
        return columns;
    }

    /** The next row; null if there are no more. */
    @Nullable
    SegmentRecord read() throws IOException {
        while (group == null || group.rowsLeft == 0) {
            @Nullable PageReadStore pages = file.readNextRowGroup();
            if (pages == null) {
                return null;
            }
            group = new RowGroup(pages);
        }
        return group.read();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** The columns of one row group, each at the value that is read next. */
    private static final class RowGroup {

        private final ColumnReader offset;
        private final ColumnReader timestamp;
        private final ColumnReader timestampType;
        private final ColumnReader leaderEpoch;
        private final ColumnReader key;
        private final ColumnReader value;
        private final ColumnReader headerKey;
        private final ColumnReader headerValue;

        private long rowsLeft;

        RowGroup(PageReadStore pages) {
            rowsLeft = pages.getRowCount();
            offset = column(pages, SegmentSchema.OFFSET, rowsLeft);
            timestamp = column(pages, SegmentSchema.TIMESTAMP, rowsLeft);
            timestampType = column(pages, SegmentSchema.TIMESTAMP_TYPE, rowsLeft);
            leaderEpoch = column(pages, SegmentSchema.LEADER_EPOCH, rowsLeft);
            key = column(pages, SegmentSchema.KEY, rowsLeft);
            value = column(pages, SegmentSchema.VALUE, rowsLeft);
            long headers = pages.getPageReader(SegmentSchema.HEADER_KEY).getTotalValueCount();
            headerKey = column(pages, SegmentSchema.HEADER_KEY, headers);
            headerValue = column(pages, SegmentSchema.HEADER_VALUE, headers);
        }

        /** @throws ParquetDecodingException if the column does not have as many values as it must have */
        private static ColumnReader column(PageReadStore pages, ColumnDescriptor column, long values) {
            PageReader reader = pages.getPageReader(column);
            if (reader.getTotalValueCount() != values) {
                throw new ParquetDecodingException("its column %s has %d values and not %d"
                        .formatted(String.join(".", column.getPath()), reader.getTotalValueCount(), values));
            }
            // values are taken from the reader and never converted
            return new ColumnReaderImpl(column, reader, new PrimitiveConverter() {}, NO_KNOWN_FAULTS);
        }

        SegmentRecord read() {
            rowsLeft--;
            return new SegmentRecord(
                    int64(offset),
                    int64(timestamp),
                    TimestampTypes.of(int32(timestampType, 0)),
                    int32(leaderEpoch, 1),
                    bytes(key, 1),
                    bytes(value, 1),
                    headers());
        }

        private static long int64(ColumnReader column) {
            long value = column.getLong();
            column.consume();
            return value;
        }

        /** -1 if there is none. */
        private static int int32(ColumnReader column, int definedAt) {
            int value = column.getCurrentDefinitionLevel() == definedAt ? column.getInteger() : -1;
            column.consume();
            return value;
        }

        private static byte @Nullable [] bytes(ColumnReader column, int definedAt) {
            // a page is given back to the garbage collector as soon as its last value was read, so each is copied out
            byte @Nullable [] bytes = column.getCurrentDefinitionLevel() == definedAt
                    ? column.getBinary().getBytes()
                    : null;
            column.consume();
            return bytes;
        }

        /** A list's entries repeat its row; a row without entries has one value that is not defined. */
        private RecordHeaders headers() {
            RecordHeaders headers = new RecordHeaders();
            if (headerKey.getCurrentRepetitionLevel() != 0) {
                throw new ParquetDecodingException("its column of header keys does not begin a new row");
            }
            do {
                if (headerKey.getCurrentRepetitionLevel() != headerValue.getCurrentRepetitionLevel()) {
                    throw new ParquetDecodingException("its columns of header keys and values do not belong together");
                }
                boolean isThere = headerKey.getCurrentDefinitionLevel() == 1;
                String name = isThere ? headerKey.getBinary().toStringUsingUTF8() : "";
                headerKey.consume();
                byte @Nullable [] bytes = bytes(headerValue, 2);
                if (isThere) {
                    headers.add(name, bytes);
                }
            } while (headerKey.getCurrentRepetitionLevel() != 0);
            return headers;
        }
    }
}
