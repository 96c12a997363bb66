// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record, or the partition that it belongs to, as bytes on the way between two tasks of one running job. Never
 * stored: there is no version.
 */
public final class SegmentRecordBytes {

    private static final int NULL = -1;

    private SegmentRecordBytes() {}

    /** Writes which partition of which incarnation. */
    public static void writePartition(TopicIdPartition partition, DataOutput out) throws IOException {
        out.writeLong(partition.topicId().getMostSignificantBits());
        out.writeLong(partition.topicId().getLeastSignificantBits());
        out.writeInt(partition.partition());
        out.writeUTF(partition.topic());
    }

    /** Reads what {@link #writePartition} wrote. */
    public static TopicIdPartition readPartition(DataInput in) throws IOException {
        Uuid topicId = new Uuid(in.readLong(), in.readLong());
        return new TopicIdPartition(topicId, in.readInt(), in.readUTF());
    }

    /** Writes a record with everything that belongs to it. */
    public static void writeRecord(SegmentRecord record, DataOutput out) throws IOException {
        out.writeLong(record.offset());
        out.writeLong(record.timestamp());
        out.writeInt(record.timestampType().id);
        out.writeInt(record.leaderEpoch());
        writeBytes(record.key(), out);
        writeBytes(record.value(), out);
        Header[] headers = record.headers().toArray();
        out.writeInt(headers.length);
        for (Header header : headers) {
            writeBytes(header.key().getBytes(StandardCharsets.UTF_8), out);
            writeBytes(header.value(), out);
        }
    }

    /** Reads what {@link #writeRecord} wrote. */
    public static SegmentRecord readRecord(DataInput in) throws IOException {
        return new SegmentRecord(
                in.readLong(),
                in.readLong(),
                TimestampTypes.of(in.readInt()),
                in.readInt(),
                readBytes(in),
                readBytes(in),
                readHeaders(in));
    }

    private static RecordHeaders readHeaders(DataInput in) throws IOException {
        RecordHeaders headers = new RecordHeaders();
        for (int left = in.readInt(); left > 0; left--) {
            byte @Nullable [] key = readBytes(in);
            if (key == null) {
                throw new IOException("A header has no key");
            }
            headers.add(new String(key, StandardCharsets.UTF_8), readBytes(in));
        }
        return headers;
    }

    private static void writeBytes(byte @Nullable [] bytes, DataOutput out) throws IOException {
        out.writeInt(bytes == null ? NULL : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte @Nullable [] readBytes(DataInput in) throws IOException {
        int length = in.readInt();
        if (length == NULL) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }
}
