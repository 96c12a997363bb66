// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducedLogTest {

    private static final Uuid ORDERS = new Uuid(1, 2);
    private static final TopicIdPartition ORDERS_0 = new TopicIdPartition(ORDERS, 0, "orders");
    private static final TopicIdPartition ORDERS_3 = new TopicIdPartition(ORDERS, 3, "orders");

    @TempDir
    private Path folder;

    @Test
    void aLogIsReadFromItsFileAsItWas() throws Exception {
        ProducedLog log = new ProducedLog();
        log.add(ORDERS_0, record(0, null, "value"));
        log.add(ORDERS_0, record(5, "", null));
        log.add(ORDERS_3, record(1, "key", ""));
        ProducedRecord doubtful = record(7, "doubt", "?");
        log.addInDoubt(ORDERS_3, doubtful);
        Path file = folder.resolve("produced");

        log.writeTo(file);
        ProducedLog read = ProducedLog.readFrom(file);

        assertThat(read.partitions(ORDERS)).containsExactly(0, 3);
        assertThat(read.records(ORDERS_0)).isEqualTo(log.records(ORDERS_0)).hasSize(2);
        assertThat(read.records(ORDERS_3)).isEqualTo(log.records(ORDERS_3)).hasSize(1);
        assertThat(read.inDoubt(ORDERS_3)).containsExactly(doubtful.at(ProducedRecord.UNKNOWN_OFFSET));
    }

    @Test
    void nullAndEmptyAreNotEqual() {
        assertThat(record(0, null, "v")).isNotEqualTo(record(0, "", "v"));
        assertThat(record(0, "k", null)).isNotEqualTo(record(0, "k", ""));
        assertThat(withHeader(null)).isNotEqualTo(withHeader(new byte[0]));
        assertThat(withHeader(new byte[] {1})).isEqualTo(withHeader(new byte[] {1}));
    }

    @Test
    void oneOffsetIsAcknowledgedOnce() {
        ProducedLog log = new ProducedLog();
        log.add(ORDERS_0, record(4, "key", "value"));

        assertThatThrownBy(() -> log.add(ORDERS_0, record(4, "key", "value")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("offset 4");
    }

    @Test
    void aSelectionHoldsWhatMeetsTheCondition() {
        ProducedLog log = new ProducedLog();
        log.add(ORDERS_0, record(0, "a", "1"));
        log.add(ORDERS_0, record(1, "b", "2"));
        log.add(ORDERS_3, record(0, "c", "3"));

        ProducedLog selected = log.select((partition, record) -> partition.equals(ORDERS_0) && record.offset() > 0);

        assertThat(selected.recordCount()).isEqualTo(1);
        assertThat(selected.records(ORDERS_0)).containsOnlyKeys(1L);
    }

    private static ProducedRecord record(long offset, @Nullable String key, @Nullable String value) {
        return new ProducedRecord(
                offset,
                1_700_000_000_000L + offset,
                TimestampType.CREATE_TIME,
                bytes(key),
                bytes(value),
                List.of(new RecordHeader("a", new byte[] {1}), new RecordHeader("a", (byte[]) null)));
    }

    private static ProducedRecord withHeader(byte @Nullable [] value) {
        return new ProducedRecord(0, 0, TimestampType.CREATE_TIME, null, null, List.of(new RecordHeader("a", value)));
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
