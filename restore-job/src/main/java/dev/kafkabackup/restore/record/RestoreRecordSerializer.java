// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.record;

import dev.kafkabackup.segment.SegmentRecordBytes;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Moves records between the tasks of one running job; never part of its state. Records are immutable, so that copying
 * costs nothing.
 */
final class RestoreRecordSerializer extends TypeSerializerSingleton<RestoreRecord> {

    private static final long serialVersionUID = 1L;

    static final RestoreRecordSerializer INSTANCE = new RestoreRecordSerializer();

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
        SegmentRecordBytes.writePartition(element.source(), out);
        out.writeUTF(element.target());
        SegmentRecordBytes.writeRecord(element.record(), out);
    }

    @Override
    public RestoreRecord deserialize(DataInputView in) throws IOException {
        TopicIdPartition source = SegmentRecordBytes.readPartition(in);
        String target = in.readUTF();
        return new RestoreRecord(source, target, SegmentRecordBytes.readRecord(in));
    }

    @Override
    public RestoreRecord deserialize(RestoreRecord reuse, DataInputView in) throws IOException {
        return deserialize(in);
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
