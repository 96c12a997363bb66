// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Records that differ from each other in everything, by their offset. */
final class SampleRecords {

    private SampleRecords() {}

    /** A list of its own, which may be changed. */
    static List<ProducedRecord> records(long start, long end) {
        return new ArrayList<>(
                LongStream.range(start, end).mapToObj(SampleRecords::record).toList());
    }

    /** Timestamps fall, so that the first record has the largest. */
    static ProducedRecord record(long offset) {
        return new ProducedRecord(
                offset,
                1_700_000_001_000L - offset,
                TimestampType.CREATE_TIME,
                bytes("key-" + offset),
                bytes("value-" + offset),
                List.of(
                        new RecordHeader("trace", new byte[] {(byte) offset}),
                        new RecordHeader("trace", (byte[]) null),
                        new RecordHeader("größe", new byte[0])));
    }

    /** The same with another content. */
    static ProducedRecord changed(
            ProducedRecord record, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        return new ProducedRecord(record.offset(), record.timestamp(), record.timestampType(), key, value, headers);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
