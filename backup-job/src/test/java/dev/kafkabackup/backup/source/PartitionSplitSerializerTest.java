// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.UnsupportedFormatVersionException;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class PartitionSplitSerializerTest {

    static final PartitionSplit BOUNDED = new PartitionSplit(
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders"), OptionalLong.of(1_234));

    private final PartitionSplitSerializer serializer = new PartitionSplitSerializer();

    @Test
    void aSplitComesBackAsItWas() throws IOException {
        PartitionSplit unbounded =
                new PartitionSplit(new TopicIdPartition(Uuid.randomUuid(), 0, "a.b-c_d"), OptionalLong.empty());
        PartitionSplit empty = new PartitionSplit(new TopicIdPartition(Uuid.randomUuid(), 49, "t"), OptionalLong.of(0));

        assertThat(serializer.deserialize(1, serializer.serialize(BOUNDED))).isEqualTo(BOUNDED);
        assertThat(serializer.deserialize(1, serializer.serialize(unbounded))).isEqualTo(unbounded);
        assertThat(serializer.deserialize(1, serializer.serialize(empty))).isEqualTo(empty);
    }

    @Test
    void whatVersion1WroteIsReadAndStillWritten() throws IOException {
        byte[] stored = Fixtures.read("PartitionSplit-v1");

        assertThat(serializer.deserialize(1, stored)).isEqualTo(BOUNDED);
        assertThat(serializer.getVersion()).isEqualTo(1);
        assertThat(serializer.serialize(BOUNDED)).isEqualTo(stored);
    }

    @Test
    void everyTruncationIsRejected() throws IOException {
        byte[] whole = serializer.serialize(BOUNDED);
        for (int length = 0; length < whole.length; length++) {
            byte[] truncated = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> serializer.deserialize(1, truncated))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void bytesBehindTheLastFieldAreRejected() throws IOException {
        byte[] whole = serializer.serialize(BOUNDED);

        assertThatThrownBy(() -> serializer.deserialize(1, Arrays.copyOf(whole, whole.length + 2)))
                .hasMessage("PartitionSplit version 1 has 2 bytes after its last field");
    }

    @Test
    void anotherVersionIsRefused() throws IOException {
        byte[] whole = serializer.serialize(BOUNDED);

        assertThatThrownBy(() -> serializer.deserialize(2, whole))
                .isInstanceOf(UnsupportedFormatVersionException.class);
    }

    @Test
    void incarnationsOfOneNameAreDifferentSplits() {
        PartitionSplit other =
                new PartitionSplit(new TopicIdPartition(Uuid.randomUuid(), 3, "orders"), OptionalLong.empty());

        assertThat(BOUNDED.splitId()).isEqualTo("MWJ6FHTfRYy67jzwZdeqSQ-3").isNotEqualTo(other.splitId());
    }
}
