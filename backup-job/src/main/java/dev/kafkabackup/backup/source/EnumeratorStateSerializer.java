// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.error.UnsupportedFormatVersionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Serializer of the enumerator's state: the splits of a bounded reading with their stop offsets; none otherwise. */
final class EnumeratorStateSerializer implements SimpleVersionedSerializer<List<PartitionSplit>> {

    /** Layout written since release 0.1: version of the splits, their number, each with its length. */
    private static final int V1 = 1;

    private final PartitionSplitSerializer splits = new PartitionSplitSerializer();

    @Override
    public int getVersion() {
        return V1;
    }

    @Override
    public byte[] serialize(List<PartitionSplit> state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        out.writeInt(splits.getVersion());
        out.writeInt(state.size());
        for (PartitionSplit split : state) {
            byte[] bytes = splits.serialize(split);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public List<PartitionSplit> deserialize(int version, byte[] serialized) throws IOException {
        if (version != V1) {
            throw new UnsupportedFormatVersionException("The enumerator's state", version, V1);
        }
        DataInputDeserializer in = new DataInputDeserializer(serialized);
        int splitVersion = in.readInt();
        int count = in.readInt();
        List<PartitionSplit> state = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            state.add(splits.deserialize(splitVersion, bytes));
        }
        if (in.available() > 0) {
            throw new IOException("The enumerator's state version %d has %d bytes after its last field"
                    .formatted(version, in.available()));
        }
        return state;
    }
}
