// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.demo;

import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * What the demo knows of a record from its own producer.
 *
 * @param offset where the broker put it
 * @param timestamp epoch ms
 */
@SuppressWarnings("ArrayRecordComponent") // compared by isSameAs
record DemoRecord(long offset, long timestamp, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {

    /** Whether a consumed record has the same key, value, headers in their order, and timestamp; offsets may differ. */
    boolean isSameAs(ConsumerRecord<byte[], byte[]> consumed) {
        return timestamp == consumed.timestamp()
                && Arrays.equals(key, consumed.key())
                && Arrays.equals(value, consumed.value())
                && Arrays.equals(decoded(headers), decoded(consumed.headers()));
    }

    /** Headers as equal objects: the client decodes those that it received only when they are looked at. */
    private static Header[] decoded(Headers headers) {
        return Arrays.stream(headers.toArray())
                .map(header -> new RecordHeader(header.key(), header.value()))
                .toArray(Header[]::new);
    }
}
