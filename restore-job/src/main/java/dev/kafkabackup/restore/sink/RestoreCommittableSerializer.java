// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.error.UnsupportedFormatVersionException;
import dev.kafkabackup.offset.OffsetMapRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Writes committables into checkpoints; the transaction in it keeps the version of Flink's own serializer. */
final class RestoreCommittableSerializer implements SimpleVersionedSerializer<RestoreCommittable> {

    /** Layout written since release 0.1. */
    private static final int V1 = 1;

    /** Instead of a transaction's length, where there is none. */
    private static final int NO_TRANSACTION = -1;

    private final SimpleVersionedSerializer<KafkaCommittable> transactionSerializer;

    RestoreCommittableSerializer(SimpleVersionedSerializer<KafkaCommittable> transactionSerializer) {
        this.transactionSerializer = transactionSerializer;
    }

    @Override
    public int getVersion() {
        return V1;
    }

    @Override
    public byte[] serialize(RestoreCommittable committable) throws IOException {
        DataOutputSerializer out =
                new DataOutputSerializer(256 + 24 * committable.runs().size());
        out.writeInt(transactionSerializer.getVersion());
        if (committable.transaction() == null) {
            out.writeInt(NO_TRANSACTION);
        } else {
            byte[] transaction = transactionSerializer.serialize(committable.transaction());
            out.writeInt(transaction.length);
            out.write(transaction);
        }
        Map<Route, List<OffsetMapRun>> byRoute = new LinkedHashMap<>();
        for (OffsetMapRun run : committable.runs()) {
            byRoute.computeIfAbsent(new Route(run.source(), run.target()), any -> new ArrayList<>())
                    .add(run);
        }
        out.writeInt(byRoute.size());
        for (Map.Entry<Route, List<OffsetMapRun>> entry : byRoute.entrySet()) {
            write(entry.getKey(), out);
            out.writeInt(entry.getValue().size());
            for (OffsetMapRun run : entry.getValue()) {
                out.writeLong(run.sourceOffset());
                out.writeLong(run.targetOffset());
                out.writeLong(run.length());
            }
        }
        return out.getCopyOfBuffer();
    }

    private static void write(Route route, DataOutputView out) throws IOException {
        out.writeLong(route.source().topicId().getMostSignificantBits());
        out.writeLong(route.source().topicId().getLeastSignificantBits());
        // Kafka's limit for topic names is 249 characters
        out.writeUTF(route.source().topic());
        out.writeInt(route.source().partition());
        out.writeUTF(route.target().topic());
        out.writeInt(route.target().partition());
    }

    @Override
    public RestoreCommittable deserialize(int version, byte[] serialized) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(serialized);
        RestoreCommittable committable = switch (version) {
            case V1 -> readV1(in);
            default -> throw new UnsupportedFormatVersionException("A restore committable", version, V1);
        };
        if (in.available() > 0) {
            throw new IOException("A restore committable of version %d has %d bytes after its last field"
                    .formatted(version, in.available()));
        }
        return committable;
    }

    private RestoreCommittable readV1(DataInputDeserializer in) throws IOException {
        KafkaCommittable transaction = readTransaction(in);
        List<OffsetMapRun> runs = new ArrayList<>();
        for (int routes = in.readInt(); routes > 0; routes--) {
            Route route = readRoute(in);
            for (int left = in.readInt(); left > 0; left--) {
                runs.add(new OffsetMapRun(route.source(), in.readLong(), route.target(), in.readLong(), in.readLong()));
            }
        }
        return new RestoreCommittable(transaction, runs);
    }

    private @Nullable KafkaCommittable readTransaction(DataInputDeserializer in) throws IOException {
        int version = in.readInt();
        int length = in.readInt();
        if (length == NO_TRANSACTION) {
            return null;
        }
        if (length < 0 || length > in.available()) {
            throw new IOException("A restore committable ends within its transaction");
        }
        byte[] transaction = new byte[length];
        in.readFully(transaction);
        return transactionSerializer.deserialize(version, transaction);
    }

    private static Route readRoute(DataInputView in) throws IOException {
        Uuid topicId = new Uuid(in.readLong(), in.readLong());
        String topic = in.readUTF();
        TopicIdPartition source = new TopicIdPartition(topicId, in.readInt(), topic);
        String target = in.readUTF();
        return new Route(source, new TopicPartition(target, in.readInt()));
    }

    /** What the runs of one partition have in common. */
    private record Route(TopicIdPartition source, TopicPartition target) {}
}
