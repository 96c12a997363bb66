// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * One message as Kafka served it. Key, value and header values are opaque bytes that are never interpreted; null and
 * empty are different things. The arrays are shared, not copied, and not to be changed.
 *
 * @param offset the record's offset in its partition; 0 or more
 * @param timestamp epoch ms, or -1 for none
 * @param timestampType who set the timestamp
 * @param leaderEpoch epoch of the leader that appended the record, or -1 if unknown
 * @param key null if the message has none
 * @param value null for a tombstone
 * @param headers in the message's order, with equal keys kept
 */
@SuppressWarnings("ArrayRecordComponent") // opaque bytes, shared with the client's buffers; sameContent compares them
public record SegmentRecord(
        long offset,
        long timestamp,
        TimestampType timestampType,
        int leaderEpoch,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Headers headers) {

    /**
     * Whether everything that belongs to the message is the same; the leader epoch does not, it is Kafka's bookkeeping.
     */
    public boolean sameContent(SegmentRecord other) {
        return offset == other.offset
                && timestamp == other.timestamp
                && timestampType == other.timestampType
                && Arrays.equals(key, other.key)
                && Arrays.equals(value, other.value)
                && headers.equals(other.headers);
    }

    /** Uncompressed size of key, value and headers in bytes, as a measure of memory; 0 or more. */
    public long payloadBytes() {
        long bytes = length(key) + length(value);
        for (var header : headers) {
            bytes += header.key().length() + length(header.value());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Where the record lies, without its content: payloads never reach a log. */
    @Override
    public String toString() {
        return "record at offset " + offset;
    }
}
