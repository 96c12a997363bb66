// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.error.UnsupportedFormatVersionException;
import java.io.IOException;
import java.util.OptionalLong;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/** Serializer of splits, in state and on the way from the enumerator to the readers. */
final class PartitionSplitSerializer implements SimpleVersionedSerializer<PartitionSplit> {

    /** Layout written since release 0.1: topic ID, partition, name, stop offset or -1. */
    private static final int V1 = 1;

    @Override
    public int getVersion() {
        return V1;
    }

    @Override
    public byte[] serialize(PartitionSplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TopicIdPartition partition = split.partition();
        out.writeLong(partition.topicId().getMostSignificantBits());
        out.writeLong(partition.topicId().getLeastSignificantBits());
        out.writeInt(partition.partition());
        StringValue.writeString(partition.topic(), out);
        out.writeLong(split.stopOffset().orElse(-1));
        return out.getCopyOfBuffer();
    }

    @Override
    public PartitionSplit deserialize(int version, byte[] serialized) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(serialized);
        PartitionSplit split = switch (version) {
            case V1 -> readV1(in);
            default -> throw new UnsupportedFormatVersionException("PartitionSplit", version, V1);
        };
        if (in.available() > 0) {
            throw new IOException(
                    "PartitionSplit version %d has %d bytes after its last field".formatted(version, in.available()));
        }
        return split;
    }

    private static PartitionSplit readV1(DataInputDeserializer in) throws IOException {
        Uuid topicId = new Uuid(in.readLong(), in.readLong());
        int number = in.readInt();
        TopicIdPartition partition = new TopicIdPartition(topicId, number, StringValue.readString(in));
        long stopOffset = in.readLong();
        return new PartitionSplit(partition, stopOffset < 0 ? OptionalLong.empty() : OptionalLong.of(stopOffset));
    }
}
