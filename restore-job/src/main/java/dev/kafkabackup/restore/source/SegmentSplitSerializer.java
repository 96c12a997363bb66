// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.UnsupportedFormatVersionException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.TimeRange;
import dev.kafkabackup.segment.SegmentName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/** Writes splits into checkpoints. */
final class SegmentSplitSerializer implements SimpleVersionedSerializer<SegmentSplit> {

    /** Layout written since release 0.1. */
    private static final int V1 = 1;

    @Override
    public int getVersion() {
        return V1;
    }

    @Override
    public byte[] serialize(SegmentSplit split) throws IOException {
        DataOutputSerializer out =
                new DataOutputSerializer(256 + 64 * split.slices().size());
        out.writeLong(split.source().topicId().getMostSignificantBits());
        out.writeLong(split.source().topicId().getLeastSignificantBits());
        // Kafka's limit for topic names is 249 characters
        out.writeUTF(split.source().topic());
        out.writeInt(split.source().partition());
        out.writeUTF(split.target());
        out.writeLong(split.time().fromMs());
        out.writeLong(split.time().toMs());
        out.writeLong(split.nextOffset());
        out.writeInt(split.slices().size());
        for (SegmentSlice slice : split.slices()) {
            write(slice, out);
        }
        return out.getCopyOfBuffer();
    }

    private static void write(SegmentSlice slice, DataOutputView out) throws IOException {
        SegmentName name = slice.name();
        out.writeLong(name.range().startOffset());
        out.writeLong(name.range().endOffset());
        out.writeInt(name.leaderEpoch());
        out.writeLong(name.minTimestamp());
        out.writeLong(name.maxTimestamp());
        out.writeLong(name.records());
        out.writeLong(name.sizeBytes());
        out.writeLong(slice.valid().endOffset());
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

    private static SegmentSplit readV1(DataInputView in) throws IOException {
        Uuid topicId = new Uuid(in.readLong(), in.readLong());
        String topic = in.readUTF();
        TopicIdPartition source = new TopicIdPartition(topicId, in.readInt(), topic);
        String target = in.readUTF();
        TimeRange time = new TimeRange(in.readLong(), in.readLong());
        long nextOffset = in.readLong();
        List<SegmentSlice> slices = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            slices.add(readSlice(in));
        }
        return new SegmentSplit(source, target, time, nextOffset, slices);
    }

    private static SegmentSlice readSlice(DataInputView in) throws IOException {
        SegmentName name = new SegmentName(
                new OffsetRange(in.readLong(), in.readLong()),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong());
        return new SegmentSlice(name, new OffsetRange(name.range().startOffset(), in.readLong()));
    }
}
