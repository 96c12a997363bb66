// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.UnsupportedFormatVersionException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicIdPartition;
import org.junit.jupiter.api.Test;

class EnumeratorStateSerializerTest {

    private static final List<PartitionSplit> STATE = List.of(
            PartitionSplitSerializerTest.BOUNDED,
            new PartitionSplit(
                    new TopicIdPartition(
                            PartitionSplitSerializerTest.BOUNDED.partition().topicId(), 4, "orders"),
                    OptionalLong.of(0)));

    private final EnumeratorStateSerializer serializer = new EnumeratorStateSerializer();

    @Test
    void splitsComeBackInTheirOrder() throws IOException {
        assertThat(serializer.deserialize(1, serializer.serialize(STATE))).isEqualTo(STATE);
        assertThat(serializer.deserialize(1, serializer.serialize(List.of()))).isEmpty();
    }

    @Test
    void whatVersion1WroteIsReadAndStillWritten() throws IOException {
        byte[] stored = Fixtures.read("EnumeratorState-v1");

        assertThat(serializer.deserialize(1, stored)).isEqualTo(STATE);
        assertThat(serializer.getVersion()).isEqualTo(1);
        assertThat(serializer.serialize(STATE)).isEqualTo(stored);
    }

    @Test
    void everyTruncationIsRejected() throws IOException {
        byte[] whole = serializer.serialize(STATE);
        for (int length = 0; length < whole.length; length++) {
            byte[] truncated = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> serializer.deserialize(1, truncated))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void bytesBehindTheLastFieldAreRejected() throws IOException {
        byte[] whole = serializer.serialize(STATE);

        assertThatThrownBy(() -> serializer.deserialize(1, Arrays.copyOf(whole, whole.length + 1)))
                .hasMessage("The enumerator's state version 1 has 1 bytes after its last field");
    }

    @Test
    void anotherVersionIsRefused() {
        assertThatThrownBy(() -> serializer.deserialize(2, serializer.serialize(STATE)))
                .isInstanceOf(UnsupportedFormatVersionException.class);
    }
}
