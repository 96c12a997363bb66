// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.parquet.BytesInputFile;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReadStore;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
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

    private final ParquetFileReader file;
    private final boolean all;

    private @Nullable RowGroup group;

    /**
     * @param bytes the whole object; not copied
     * @param filter leaves out pages without wanted rows; rows that are not wanted come out with the others of a page
     */
    SegmentRows(byte[] bytes, Optional<FilterCompat.Filter> filter) throws IOException {
        all = filter.isEmpty();
        file = ParquetFileReader.open(
                new BytesInputFile(bytes),
                ParquetReadOptions.builder(new PlainParquetConfiguration())
                        .withCodecFactory(ZstdCodecFactory.reusingPages())
                        .usePageChecksumVerification(true)
                        // takes the pages where they are; without it the object would be in memory twice
                        .withUseHadoopVectoredIo(true)
                        .withRecordFilter(filter.orElse(FilterCompat.NOOP))
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

    /** Whether every row comes out. */
    boolean areAll() {
        return all;
    }

    /** The next row; null if there are no more. */
    @Nullable
    SegmentRecord read() throws IOException {
        while (group == null || group.rowsLeft == 0) {
            @Nullable PageReadStore pages = all ? file.readNextRowGroup() : file.readNextFilteredRowGroup();
            if (pages == null) {
                return null;
            }
            group = new RowGroup(pages, file.getFileMetaData().getCreatedBy());
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

        RowGroup(PageReadStore pages, String createdBy) {
            rowsLeft = pages.getRowCount();
            long headers = pages.getPageReader(SegmentSchema.HEADER_KEY).getTotalValueCount();
            if (pages.getRowIndexes().isEmpty()) {
                requireValues(pages, rowsLeft, SegmentSchema.OFFSET, SegmentSchema.TIMESTAMP);
                requireValues(pages, rowsLeft, SegmentSchema.TIMESTAMP_TYPE, SegmentSchema.LEADER_EPOCH);
                requireValues(pages, rowsLeft, SegmentSchema.KEY, SegmentSchema.VALUE);
                requireValues(pages, headers, SegmentSchema.HEADER_VALUE);
            }
            ColumnReadStore columns =
                    new ColumnReadStoreImpl(pages, new Unconverted(), SegmentSchema.COLUMNS, createdBy);
            offset = columns.getColumnReader(SegmentSchema.OFFSET);
            timestamp = columns.getColumnReader(SegmentSchema.TIMESTAMP);
            timestampType = columns.getColumnReader(SegmentSchema.TIMESTAMP_TYPE);
            leaderEpoch = columns.getColumnReader(SegmentSchema.LEADER_EPOCH);
            key = columns.getColumnReader(SegmentSchema.KEY);
            value = columns.getColumnReader(SegmentSchema.VALUE);
            headerKey = columns.getColumnReader(SegmentSchema.HEADER_KEY);
            headerValue = columns.getColumnReader(SegmentSchema.HEADER_VALUE);
        }

        private static void requireValues(PageReadStore pages, long values, ColumnDescriptor... columns) {
            for (ColumnDescriptor column : columns) {
                long found = pages.getPageReader(column).getTotalValueCount();
                if (found != values) {
                    throw new ParquetDecodingException("its column %s has %d values and not %d"
                            .formatted(String.join(".", column.getPath()), found, values));
                }
            }
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
            // the next page takes the place of this one, so each value is copied out
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

    /** Parquet asks where the values of each column go, also whoever takes them himself: nowhere. */
    private static final class Unconverted extends GroupConverter {

        @Override
        public Converter getConverter(int field) {
            return this;
        }

        @Override
        public PrimitiveConverter asPrimitiveConverter() {
            return new PrimitiveConverter() {};
        }

        @Override
        public void start() {
            throw new UnsupportedOperationException("No group is converted");
        }

        @Override
        public void end() {
            throw new UnsupportedOperationException("No group is converted");
        }
    }
}
