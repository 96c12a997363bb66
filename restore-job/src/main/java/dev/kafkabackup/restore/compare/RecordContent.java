// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.segment.SegmentRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/** Whether a record is the one of the backup, as far as a restore can make it so. */
final class RecordContent {

    private RecordContent() {}

    /**
     * What differs; empty if nothing does. A record without a timestamp was produced with timestamp 0; the timestamp of
     * a target that sets its own says nothing.
     */
    static Optional<String> difference(SegmentRecord expected, ConsumerRecord<byte[], byte[]> found) {
        List<String> differing = new ArrayList<>();
        if (!Arrays.equals(expected.key(), found.key())) {
            differing.add("key");
        }
        if (!Arrays.equals(expected.value(), found.value())) {
            differing.add("value");
        }
        if (!expected.headers().equals(found.headers())) {
            differing.add("headers");
        }
        if (found.timestampType() != TimestampType.LOG_APPEND_TIME
                && Math.max(0, expected.timestamp()) != found.timestamp()) {
            differing.add("timestamp");
        }
        return differing.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "the record is not the one of the backup, different are: " + String.join(", ", differing));
    }
}
