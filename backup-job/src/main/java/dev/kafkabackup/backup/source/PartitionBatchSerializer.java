// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.segment.SegmentRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Serializer of batches between tasks. Source and sink are chained, so that batches are handed over as they are; this
 * is what Flink falls back to if a user switches chaining off. Batches are never part of any state.
 */
public final class PartitionBatchSerializer extends TypeSerializerSingleton<PartitionBatch> {

    private static final long serialVersionUID = 1L;

    /** The serializer has no state of its own. */
    public static final PartitionBatchSerializer INSTANCE = new PartitionBatchSerializer();

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public PartitionBatch createInstance() {
        return new PartitionBatch(new TopicIdPartition(Uuid.ONE_UUID, 0, ""), 0, 1, -1, List.of());
    }

    @Override
    public PartitionBatch copy(PartitionBatch from) {
        return from;
    }

    @Override
    public PartitionBatch copy(PartitionBatch from, PartitionBatch reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(PartitionBatch batch, DataOutputView out) throws IOException {
        TopicIdPartition partition = batch.partition();
        out.writeLong(partition.topicId().getMostSignificantBits());
        out.writeLong(partition.topicId().getLeastSignificantBits());
        out.writeInt(partition.partition());
        StringValue.writeString(partition.topic(), out);
        out.writeLong(batch.startOffset());
        out.writeLong(batch.endOffset());
        out.writeInt(batch.leaderEpoch());
        out.writeInt(batch.records().size());
        for (SegmentRecord record : batch.records()) {
            out.writeLong(record.offset());
            out.writeLong(record.timestamp());
            out.writeInt(record.timestampType().id);
            out.writeInt(record.leaderEpoch());
            writeBytes(record.key(), out);
            writeBytes(record.value(), out);
            Header[] headers = record.headers().toArray();
            out.writeInt(headers.length);
            for (Header header : headers) {
                StringValue.writeString(header.key(), out);
                writeBytes(header.value(), out);
            }
        }
    }

    private static void writeBytes(byte @Nullable [] bytes, DataOutputView out) throws IOException {
        if (bytes == null) {
            out.writeInt(-1);
            return;
        }
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    @Override
    public PartitionBatch deserialize(DataInputView in) throws IOException {
        Uuid topicId = new Uuid(in.readLong(), in.readLong());
        int number = in.readInt();
        TopicIdPartition partition = new TopicIdPartition(topicId, number, StringValue.readString(in));
        long startOffset = in.readLong();
        long endOffset = in.readLong();
        int leaderEpoch = in.readInt();
        int count = in.readInt();
        List<SegmentRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            records.add(readRecord(in));
        }
        return new PartitionBatch(
                partition, startOffset, endOffset, leaderEpoch, Collections.unmodifiableList(records));
    }

    private static SegmentRecord readRecord(DataInputView in) throws IOException {
        long offset = in.readLong();
        long timestamp = in.readLong();
        TimestampType timestampType = timestampType(in.readInt());
        int leaderEpoch = in.readInt();
        byte @Nullable [] key = readBytes(in);
        byte @Nullable [] value = readBytes(in);
        RecordHeaders headers = new RecordHeaders();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            headers.add(StringValue.readString(in), readBytes(in));
        }
        return new SegmentRecord(offset, timestamp, timestampType, leaderEpoch, key, value, headers);
    }

    private static TimestampType timestampType(int id) throws IOException {
        for (TimestampType type : TimestampType.values()) {
            if (type.id == id) {
                return type;
            }
        }
        throw new IOException("Timestamp type " + id + " is unknown");
    }

    private static byte @Nullable [] readBytes(DataInputView in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    @Override
    public PartitionBatch deserialize(PartitionBatch reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public TypeSerializerSnapshot<PartitionBatch> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Flink wants a serializer's own snapshot class, although no state holds batches. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<PartitionBatch> {

        /** Called by Flink by reflection. */
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
