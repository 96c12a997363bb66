// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Makes segments for tests and shows their records as text. */
public final class Segments {

    public static final String CLUSTER = "vPzAxR0cTHmqu5gJf3Yh2A";
    public static final TopicIdPartition ORDERS_3 =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");

    private Segments() {}

    /** A record whose content follows from its offset and epoch. */
    public static SegmentRecord record(long offset, int leaderEpoch) {
        return record(offset, leaderEpoch, "value " + offset + " of epoch " + leaderEpoch);
    }

    public static SegmentRecord record(long offset, int leaderEpoch, @Nullable String value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("number", bytes(Long.toString(offset)));
        return new SegmentRecord(
                offset,
                1_700_000_000_000L + offset,
                TimestampType.CREATE_TIME,
                leaderEpoch,
                bytes("key " + offset),
                bytes(value),
                headers);
    }

    public static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** A segment of {@link #ORDERS_3} that covers {@code [start, end)} and holds the records. */
    public static EncodedSegment segment(long start, long end, int leaderEpoch, Collection<SegmentRecord> records) {
        return segment(ORDERS_3, start, end, leaderEpoch, records);
    }

    public static EncodedSegment segment(
            TopicIdPartition partition, long start, long end, int leaderEpoch, Collection<SegmentRecord> records) {
        SegmentWriter writer = new SegmentWriter(CLUSTER, partition, start, 3);
        records.forEach(writer::append);
        writer.advanceTo(end, leaderEpoch);
        return writer.seal();
    }

    /** A segment of {@link #ORDERS_3} with a record at every offset. */
    public static EncodedSegment full(long start, long end, int leaderEpoch) {
        List<SegmentRecord> records = new ArrayList<>();
        for (long offset = start; offset < end; offset++) {
            records.add(record(offset, leaderEpoch));
        }
        return segment(start, end, leaderEpoch, records);
    }

    public static byte[] bytes(EncodedSegment segment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            segment.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** All records of a segment of {@link #ORDERS_3}. */
    public static List<SegmentRecord> read(SegmentName name, byte[] bytes) {
        return read(name, bytes, RecordBounds.ALL);
    }

    public static List<SegmentRecord> read(SegmentName name, byte[] bytes, RecordBounds wanted) {
        List<SegmentRecord> records = new ArrayList<>();
        try (SegmentReader reader = SegmentReader.open(name.fileName(), ORDERS_3, name, bytes, wanted)) {
            reader.forEachRemaining(records::add);
        }
        return records;
    }

    public static List<SegmentRecord> read(EncodedSegment segment) {
        return read(segment.name(), bytes(segment));
    }

    /** Everything that is in the records, one line for each. */
    public static List<String> describe(Collection<SegmentRecord> records) {
        return records.stream().map(Segments::describe).toList();
    }

    public static String describe(SegmentRecord record) {
        StringBuilder text = new StringBuilder()
                .append(record.offset())
                .append(' ')
                .append(record.timestamp())
                .append(' ')
                .append(record.timestampType())
                .append(" epoch ")
                .append(record.leaderEpoch())
                .append(" key ")
                .append(hex(record.key()))
                .append(" value ")
                .append(hex(record.value()));
        for (Header header : record.headers()) {
            text.append(" header ").append(hex(bytes(header.key()))).append('=').append(hex(header.value()));
        }
        return text.toString();
    }

    private static String hex(byte @Nullable [] bytes) {
        return bytes == null ? "null" : "x" + HexFormat.of().formatHex(bytes);
    }
}
