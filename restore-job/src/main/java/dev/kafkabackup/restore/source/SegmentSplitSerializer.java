// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.error.UnsupportedFormatVersionException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.select.RecordSelection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** Writes splits into checkpoints. The selection is written as in the plan, as JSON. */
final class SegmentSplitSerializer implements SimpleVersionedSerializer<SegmentSplit> {

    /** Layout written since release 0.1. */
    private static final int V1 = 1;

    @Override
    public int getVersion() {
        return V1;
    }

    @Override
    public byte[] serialize(SegmentSplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(512);
        // Kafka's limit for topic names is 249 characters
        out.writeUTF(split.target().topic());
        out.writeInt(split.target().partition());
        byte[] selection = Json.write(split.selection());
        out.writeInt(selection.length);
        out.write(selection);
        out.writeBoolean(split.onCorrupt() == OnCorrupt.SKIP);
        out.writeLong(split.nextOffset());
        out.writeInt(split.sources().size());
        for (SourceOffsets source : split.sources()) {
            write(source, out);
        }
        return out.getCopyOfBuffer();
    }

    private static void write(SourceOffsets source, DataOutputView out) throws IOException {
        out.writeLong(source.partition().topicId().getMostSignificantBits());
        out.writeLong(source.partition().topicId().getLeastSignificantBits());
        out.writeUTF(source.partition().topic());
        out.writeInt(source.partition().partition());
        out.writeLong(source.bytes());
        out.writeInt(source.offsets().size());
        for (OffsetRange range : source.offsets()) {
            out.writeLong(range.startOffset());
            out.writeLong(range.endOffset());
        }
    }

    @Override
    public SegmentSplit deserialize(int version, byte[] serialized) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(serialized);
        SegmentSplit split = switch (version) {
            case V1 -> readV1(in);
            default -> throw new UnsupportedFormatVersionException("A segment split", version, V1);
        };
        if (in.available() > 0) {
            throw new IOException("A segment split of version %d has %d bytes after its last field"
                    .formatted(version, in.available()));
        }
        return split;
    }

    private static SegmentSplit readV1(DataInputDeserializer in) throws IOException {
        String topic = in.readUTF();
        TopicPartition target = new TopicPartition(topic, in.readInt());
        RecordSelection selection = readSelection(in);
        OnCorrupt onCorrupt = in.readBoolean() ? OnCorrupt.SKIP : OnCorrupt.STOP;
        long nextOffset = in.readLong();
        List<SourceOffsets> sources = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            sources.add(readSource(in));
        }
        return new SegmentSplit(target, selection, onCorrupt, nextOffset, sources);
    }

    private static RecordSelection readSelection(DataInputDeserializer in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("A segment split ends within its selection");
        }
        byte[] json = new byte[length];
        in.readFully(json);
        return Json.read("a segment split", json, RecordSelection.class);
    }

    private static SourceOffsets readSource(DataInputDeserializer in) throws IOException {
        Uuid topicId = new Uuid(in.readLong(), in.readLong());
        String topic = in.readUTF();
        TopicIdPartition partition = new TopicIdPartition(topicId, in.readInt(), topic);
        long bytes = in.readLong();
        List<OffsetRange> offsets = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            offsets.add(new OffsetRange(in.readLong(), in.readLong()));
        }
        return new SourceOffsets(partition, offsets, bytes);
    }
}
