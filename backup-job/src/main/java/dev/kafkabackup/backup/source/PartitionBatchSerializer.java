// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentRecordBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

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
        SegmentRecordBytes.writePartition(batch.partition(), out);
        out.writeLong(batch.gapStartOffset());
        out.writeLong(batch.startOffset());
        out.writeLong(batch.endOffset());
        out.writeInt(batch.leaderEpoch());
        out.writeInt(batch.records().size());
        for (SegmentRecord record : batch.records()) {
            SegmentRecordBytes.writeRecord(record, out);
        }
    }

    @Override
    public PartitionBatch deserialize(DataInputView in) throws IOException {
        TopicIdPartition partition = SegmentRecordBytes.readPartition(in);
        long gapStartOffset = in.readLong();
        long startOffset = in.readLong();
        long endOffset = in.readLong();
        int leaderEpoch = in.readInt();
        int count = in.readInt();
        List<SegmentRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            records.add(SegmentRecordBytes.readRecord(in));
        }
        return new PartitionBatch(
                partition, gapStartOffset, startOffset, endOffset, leaderEpoch, Collections.unmodifiableList(records));
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
