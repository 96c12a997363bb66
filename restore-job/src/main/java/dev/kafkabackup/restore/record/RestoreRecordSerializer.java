// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.record;

import dev.kafkabackup.segment.SegmentRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Moves records between the tasks of one running job; never part of its state. Records are immutable, so that copying
 * costs nothing.
 */
final class RestoreRecordSerializer extends TypeSerializerSingleton<RestoreRecord> {

    private static final long serialVersionUID = 1L;

    static final RestoreRecordSerializer INSTANCE = new RestoreRecordSerializer();

    private static final int NULL = -1;

    private RestoreRecordSerializer() {}

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public @Nullable RestoreRecord createInstance() {
        return null;
    }

    @Override
    public RestoreRecord copy(RestoreRecord from) {
        return from;
    }

    @Override
    public RestoreRecord copy(RestoreRecord from, RestoreRecord reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(RestoreRecord element, DataOutputView out) throws IOException {
        out.writeLong(element.source().topicId().getMostSignificantBits());
        out.writeLong(element.source().topicId().getLeastSignificantBits());
        out.writeUTF(element.source().topic());
        out.writeInt(element.source().partition());
        out.writeUTF(element.target());
        SegmentRecord record = element.record();
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

    private static void writeBytes(byte @Nullable [] bytes, DataOutputView out) throws IOException {
        out.writeInt(bytes == null ? NULL : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    @Override
    public RestoreRecord deserialize(DataInputView in) throws IOException {
        Uuid topicId = new Uuid(in.readLong(), in.readLong());
        String topic = in.readUTF();
        TopicIdPartition source = new TopicIdPartition(topicId, in.readInt(), topic);
        String target = in.readUTF();
        return new RestoreRecord(
                source,
                target,
                new SegmentRecord(
                        in.readLong(),
                        in.readLong(),
                        timestampType(in.readInt()),
                        in.readInt(),
                        readBytes(in),
                        readBytes(in),
                        readHeaders(in)));
    }

    @Override
    public RestoreRecord deserialize(RestoreRecord reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    private static TimestampType timestampType(int id) throws IOException {
        for (TimestampType type : TimestampType.values()) {
            if (type.id == id) {
                return type;
            }
        }
        throw new IOException("Timestamp type " + id + " is unknown");
    }

    private static RecordHeaders readHeaders(DataInputView in) throws IOException {
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

    private static byte @Nullable [] readBytes(DataInputView in) throws IOException {
        int length = in.readInt();
        if (length == NULL) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<RestoreRecord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Flink asks for it whether or not a type is ever part of state. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RestoreRecord> {

        public Snapshot() {
            super(Snapshot::serializer);
        }

        private static TypeSerializer<RestoreRecord> serializer() {
            return INSTANCE;
        }
    }
}
