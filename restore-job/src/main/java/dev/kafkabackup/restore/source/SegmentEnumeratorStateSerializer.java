// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.error.UnsupportedFormatVersionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Writes the enumerator's state into checkpoints; each split in it keeps the version that it was written with. */
final class SegmentEnumeratorStateSerializer implements SimpleVersionedSerializer<SegmentEnumeratorState> {

    /** Layout written since release 0.1. */
    private static final int V1 = 1;

    private final SegmentSplitSerializer splitSerializer = new SegmentSplitSerializer();

    @Override
    public int getVersion() {
        return V1;
    }

    @Override
    public byte[] serialize(SegmentEnumeratorState state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeBoolean(state.planned());
        out.writeInt(splitSerializer.getVersion());
        out.writeInt(state.pending().size());
        for (SegmentSplit split : state.pending()) {
            byte[] bytes = splitSerializer.serialize(split);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public SegmentEnumeratorState deserialize(int version, byte[] serialized) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(serialized);
        SegmentEnumeratorState state = switch (version) {
            case V1 -> readV1(in);
            default -> throw new UnsupportedFormatVersionException("A segment enumerator state", version, V1);
        };
        if (in.available() > 0) {
            throw new IOException("A segment enumerator state of version %d has %d bytes after its last field"
                    .formatted(version, in.available()));
        }
        return state;
    }

    private SegmentEnumeratorState readV1(DataInputDeserializer in) throws IOException {
        boolean planned = in.readBoolean();
        int splitVersion = in.readInt();
        List<SegmentSplit> pending = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("A segment enumerator state ends within a split");
            }
            byte[] bytes = new byte[length];
            in.readFully(bytes);
            pending.add(splitSerializer.deserialize(splitVersion, bytes));
        }
        return new SegmentEnumeratorState(planned, pending);
    }
}
