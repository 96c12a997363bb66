// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class RandomRecordsTest {

    @Test
    void theSameSeedGivesTheSameRecords() {
        List<String> first =
                take(new RandomRecords(7), 1000).map(RandomRecordsTest::print).toList();

        assertThat(take(new RandomRecords(7), 1000).map(RandomRecordsTest::print))
                .isEqualTo(first);
        assertThat(take(new RandomRecords(8), 1000).map(RandomRecordsTest::print))
                .isNotEqualTo(first);
    }

    @Test
    void everySpecialCaseTurnsUp() {
        List<ProducerRecord<byte[], byte[]>> records =
                take(new RandomRecords(1), 10_000).toList();

        assertThat(records).anyMatch(record -> record.key() == null);
        assertThat(records).anyMatch(record -> record.key() != null && record.key().length == 0);
        assertThat(records).anyMatch(record -> record.value() == null);
        assertThat(records).anyMatch(record -> record.value() != null && record.value().length == 0);
        assertThat(records).anyMatch(record -> record.value() != null && record.value().length > 100_000);
        assertThat(records).anyMatch(record -> record.timestamp() == 0);
        assertThat(records).anyMatch(RandomRecordsTest::repeatsAHeaderKey);
        assertThat(headers(records)).anyMatch(header -> header.value() == null);
        assertThat(headers(records)).anyMatch(header -> header.value() != null && header.value().length == 0);
        assertThat(headers(records)).anyMatch(header -> header.key().isEmpty());
    }

    @Test
    void smallRecordsStaySmall() {
        assertThat(take(RandomRecords.small(), 10_000))
                .allMatch(record -> record.value() == null || record.value().length <= 30);
    }

    private static Stream<ProducerRecord<byte[], byte[]>> take(RandomRecords records, int count) {
        return Stream.generate(() -> records.next("orders", 0)).limit(count);
    }

    private static Stream<Header> headers(List<ProducerRecord<byte[], byte[]>> records) {
        return records.stream().flatMap(record -> Stream.of(record.headers().toArray()));
    }

    private static boolean repeatsAHeaderKey(ProducerRecord<byte[], byte[]> record) {
        Header[] headers = record.headers().toArray();
        return Stream.of(headers).map(Header::key).distinct().count() < headers.length;
    }

    private static String print(ProducerRecord<byte[], byte[]> record) {
        return record.timestamp()
                + Arrays.toString(record.key())
                + Arrays.hashCode(record.value())
                + Arrays.toString(record.headers().toArray());
    }
}
