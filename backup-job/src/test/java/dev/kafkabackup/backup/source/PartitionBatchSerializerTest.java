// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.segment.SegmentRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class PartitionBatchSerializerTest {

    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");

    /** Null and empty, equal header keys, a tombstone, no timestamp: everything that must not get lost. */
    private static final PartitionBatch BATCH = new PartitionBatch(
            PARTITION,
            100,
            120,
            7,
            List.of(
                    new SegmentRecord(
                            101,
                            1_700_000_000_000L,
                            TimestampType.CREATE_TIME,
                            6,
                            new byte[] {1, -1},
                            new byte[0],
                            new RecordHeaders()
                                    .add("twice", new byte[] {1})
                                    .add("twice", null)
                                    .add("größe", new byte[0])),
                    new SegmentRecord(119, -1, TimestampType.NO_TIMESTAMP_TYPE, -1, null, null, new RecordHeaders())));

    private final PartitionBatchSerializer serializer = PartitionBatchSerializer.INSTANCE;

    @Test
    void aBatchComesBackAsItWas() throws IOException {
        assertSame(BATCH, read(write(BATCH)));
        PartitionBatch empty = new PartitionBatch(PARTITION, 0, 5, -1, List.of());
        assertSame(empty, read(write(empty)));
    }

    @Test
    void aCopyBetweenViewsIsTheSame() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);

        serializer.copy(new DataInputDeserializer(write(BATCH)), out);

        assertThat(out.getCopyOfBuffer()).isEqualTo(write(BATCH));
    }

    @Test
    void everyTruncationIsRejected() throws IOException {
        byte[] whole = write(BATCH);
        for (int length = 0; length < whole.length; length++) {
            byte[] truncated = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(truncated))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(IOException.class);
        }
    }

    private byte[] write(PartitionBatch batch) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(batch, out);
        return out.getCopyOfBuffer();
    }

    private PartitionBatch read(byte[] bytes) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        PartitionBatch batch = serializer.deserialize(in);
        assertThat(in.available()).isZero();
        return batch;
    }

    private static void assertSame(PartitionBatch expected, PartitionBatch actual) {
        assertThat(actual.partition()).isEqualTo(expected.partition());
        assertThat(actual.startOffset()).isEqualTo(expected.startOffset());
        assertThat(actual.endOffset()).isEqualTo(expected.endOffset());
        assertThat(actual.leaderEpoch()).isEqualTo(expected.leaderEpoch());
        assertThat(actual.records()).hasSameSizeAs(expected.records());
        for (int i = 0; i < expected.records().size(); i++) {
            SegmentRecord one = expected.records().get(i);
            SegmentRecord other = actual.records().get(i);
            assertThat(other.sameContent(one)).as("content of record %d", i).isTrue();
            assertThat(other.leaderEpoch()).isEqualTo(one.leaderEpoch());
        }
    }
}
