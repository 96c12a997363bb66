// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A record as Kafka holds it, told by whoever produced it. Two are equal if every part of them is, byte by byte; null
 * and empty differ. The arrays are not copied and must not be changed.
 *
 * @param offset where Kafka put it; {@link #UNKNOWN_OFFSET} if it never said so
 * @param timestamp epoch milliseconds, as stored
 * @param timestampType whether the producer or the broker gave the timestamp
 * @param key null if the record has none
 * @param value null in a tombstone
 * @param headers in their order; keys may repeat
 */
@SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString below go by content
public record ProducedRecord(
        long offset,
        long timestamp,
        TimestampType timestampType,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers) {

    /** The offset of a record that was sent and never acknowledged. */
    public static final long UNKNOWN_OFFSET = -1;

    // Not the compact form: javac 17 would drop the annotations of its parameters.
    public ProducedRecord(
            long offset,
            long timestamp,
            TimestampType timestampType,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        this.offset = offset;
        this.timestamp = timestamp;
        this.timestampType = timestampType;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
    }

    /** This record at another offset. */
    public ProducedRecord at(long newOffset) {
        return new ProducedRecord(newOffset, timestamp, timestampType, key, value, headers);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProducedRecord that
                && offset == that.offset
                && timestamp == that.timestamp
                && timestampType == that.timestampType
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(offset, timestamp, timestampType, Arrays.hashCode(key), Arrays.hashCode(value), headers);
    }

    @Override
    public String toString() {
        return "offset %d, timestamp %d (%s), key %s, value %s, %d headers"
                .formatted(offset, timestamp, timestampType, size(key), size(value), headers.size());
    }

    private static String size(byte @Nullable [] bytes) {
        return bytes == null ? "null" : bytes.length + " B";
    }
}
