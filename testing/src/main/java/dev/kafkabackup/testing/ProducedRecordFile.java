// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * How a record and its partition look in the file of a {@link ProducedLog}: written and read by the same build only.
 */
final class ProducedRecordFile {

    private static final int NULL = -1;

    private ProducedRecordFile() {}

    static void write(DataOutputStream out, TopicIdPartition partition, ProducedRecord record) throws IOException {
        out.writeLong(partition.topicId().getMostSignificantBits());
        out.writeLong(partition.topicId().getLeastSignificantBits());
        out.writeUTF(partition.topic());
        out.writeInt(partition.partition());
        out.writeLong(record.offset());
        out.writeLong(record.timestamp());
        out.writeUTF(record.timestampType().name);
        writeBytes(out, record.key());
        writeBytes(out, record.value());
        out.writeInt(record.headers().size());
        for (Header header : record.headers()) {
            writeBytes(out, header.key().getBytes(StandardCharsets.UTF_8));
            writeBytes(out, header.value());
        }
    }

    static boolean hasNext(InputStream in) throws IOException {
        in.mark(1);
        int next = in.read();
        in.reset();
        return next >= 0;
    }

    static TopicIdPartition readPartition(DataInputStream in) throws IOException {
        Uuid topicId = new Uuid(in.readLong(), in.readLong());
        String topic = in.readUTF();
        return new TopicIdPartition(topicId, in.readInt(), topic);
    }

    static ProducedRecord readRecord(DataInputStream in) throws IOException {
        long offset = in.readLong();
        long timestamp = in.readLong();
        TimestampType timestampType = TimestampType.forName(in.readUTF());
        byte @Nullable [] key = readBytes(in);
        byte @Nullable [] value = readBytes(in);
        int headerCount = in.readInt();
        List<Header> headers = new ArrayList<>(headerCount);
        for (int i = 0; i < headerCount; i++) {
            byte @Nullable [] headerKey = readBytes(in);
            if (headerKey == null) {
                throw new IOException("Header " + i + " of the record at offset " + offset + " has no key");
            }
            headers.add(new RecordHeader(new String(headerKey, StandardCharsets.UTF_8), readBytes(in)));
        }
        return new ProducedRecord(offset, timestamp, timestampType, key, value, headers);
    }

    private static void writeBytes(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        if (bytes == null) {
            out.writeInt(NULL);
        } else {
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    private static byte @Nullable [] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == NULL) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("The file ends within a field of " + length + " bytes");
        }
        return bytes;
    }
}
