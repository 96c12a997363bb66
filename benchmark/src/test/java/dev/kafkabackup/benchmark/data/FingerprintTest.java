// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

class FingerprintTest {

    private static final RecordPool POOL = RecordPool.of(Profile.SMALL_100B);

    private static Fingerprint.Of of(int partition, List<Integer> offsets) {
        Fingerprint fingerprint = new Fingerprint(partition);
        for (int offset : offsets) {
            ProducerRecord<byte[], byte[]> record = POOL.record("t", 0, offset);
            fingerprint.add(offset, record.timestamp(), record.key(), record.value(), record.headers());
        }
        return fingerprint.result();
    }

    @Test
    void recordsInAnotherOrderAreTheSameAtTheirOffsetsOnly() {
        List<Integer> offsets = new ArrayList<>(List.of(0, 1, 2, 3, 4));
        Fingerprint.Of ordered = of(0, offsets);
        Collections.swap(offsets, 1, 3);
        assertThat(of(0, offsets).sameAtOffsets(ordered)).isTrue();
        assertThat(of(0, offsets).sameInOrder(ordered)).isFalse();
    }

    @Test
    void recordsOfAnotherPartitionOrOneThatIsThereTwiceAreNotTheSame() {
        Fingerprint.Of right = of(0, List.of(0, 1, 2));
        assertThat(of(1, List.of(0, 1, 2)).sameAtOffsets(right)).isFalse();
        assertThat(of(0, List.of(0, 1, 1)).sameAtOffsets(right)).isFalse();
        assertThat(of(0, List.of(0, 1)).sameAtOffsets(right)).isFalse();
    }

    @Test
    void everyPartOfARecordCounts() {
        byte[] a = bytes("a");
        byte[] b = bytes("b");
        List<Header> header = List.of(new RecordHeader("h", a));
        Fingerprint.Of right = of(1, a, b, header);
        assertThat(List.of(
                        of(2, a, b, header),
                        of(1, b, b, header),
                        of(1, a, a, header),
                        of(1, a, b, List.of()),
                        of(1, a, b, List.of(new RecordHeader("i", a))),
                        of(1, a, b, List.of(new RecordHeader("h", b))),
                        of(1, a, bytes(""), header),
                        of(1, bytes("ab"), bytes(""), header)))
                .noneMatch(other -> other.sameInOrder(right))
                .noneMatch(other -> other.sameAtOffsets(right));
    }

    @Test
    void nullIsNotEmpty() {
        assertThat(of(1, null, bytes("v"), List.of()).sameInOrder(of(1, bytes(""), bytes("v"), List.of())))
                .isFalse();
        assertThat(of(1, bytes("k"), null, List.of()).sameInOrder(of(1, bytes("k"), bytes(""), List.of())))
                .isFalse();
    }

    private static Fingerprint.Of of(long timestamp, byte[] key, byte[] value, List<Header> headers) {
        Fingerprint fingerprint = new Fingerprint(0);
        fingerprint.add(7, timestamp, key, value, headers);
        return fingerprint.result();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
