// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import java.nio.ByteBuffer;
import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Shows a record to Avro field by field, without copying a byte. One view serves all records of a writer, one after the
 * other; not thread safe.
 */
final class SegmentRecordView implements IndexedRecord {

    private final HeaderView headerView = new HeaderView();
    private @Nullable SegmentRecord shown;

    SegmentRecordView show(SegmentRecord record) {
        this.shown = record;
        return this;
    }

    /** Lets go of the record, which may be large. */
    void clear() {
        shown = null;
        headerView.shown = null;
    }

    @Override
    public Schema getSchema() {
        return SegmentSchema.RECORD;
    }

    @Override
    public @Nullable Object get(int field) {
        SegmentRecord record = shown;
        if (record == null) {
            throw new IllegalStateException("No record is shown");
        }
        return switch (field) {
            case SegmentSchema.OFFSET -> record.offset();
            case SegmentSchema.TIMESTAMP -> record.timestamp();
            case SegmentSchema.TIMESTAMP_TYPE -> record.timestampType().id;
            case SegmentSchema.LEADER_EPOCH -> record.leaderEpoch() < 0 ? null : record.leaderEpoch();
            case SegmentSchema.KEY -> wrap(record.key());
            case SegmentSchema.VALUE -> wrap(record.value());
            case SegmentSchema.HEADERS -> new HeadersView(record.headers());
            default -> throw new IndexOutOfBoundsException(field);
        };
    }

    private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    @Override
    public void put(int field, Object value) {
        throw new UnsupportedOperationException("A view is read only");
    }

    /** parquet-avro asks a collection for its size and then for its elements. */
    private final class HeadersView extends AbstractCollection<IndexedRecord> {

        private final Header[] headers;

        HeadersView(Headers headers) {
            this.headers = headers.toArray();
        }

        @Override
        public int size() {
            return headers.length;
        }

        @Override
        public Iterator<IndexedRecord> iterator() {
            return Arrays.stream(headers).map(headerView::show).iterator();
        }
    }

    private static final class HeaderView implements IndexedRecord {

        private @Nullable Header shown;

        IndexedRecord show(Header header) {
            this.shown = header;
            return this;
        }

        @Override
        public Schema getSchema() {
            return SegmentSchema.HEADER;
        }

        @Override
        public @Nullable Object get(int field) {
            Header header = shown;
            if (header == null) {
                throw new IllegalStateException("No header is shown");
            }
            return field == SegmentSchema.HEADER_KEY ? header.key() : wrap(header.value());
        }

        @Override
        public void put(int field, Object value) {
            throw new UnsupportedOperationException("A view is read only");
        }
    }
}
