// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps why Kafka did not accept a record for {@link OffsetRecorder}: Flink's writer tells where each record went, but
 * of all failures only the first one. An interceptor is told right before the writer, by the same thread. Kafka makes
 * it by its name.
 */
public final class RefusalReason implements ProducerInterceptor<byte[], byte[]> {

    /** What the producer says of the good records in a request that holds a bad one. */
    private static final String ANOTHER_RECORD = "it was part of a batch which had one more more invalid records";

    private static final ThreadLocal<@Nullable Exception> REASON = new ThreadLocal<>();

    /** Why the record was not accepted whose answer this thread is telling; once. Empty if that is not known. */
    static Optional<Exception> take() {
        Exception reason = REASON.get();
        REASON.remove();
        return Optional.ofNullable(reason);
    }

    /** Whether this is not about the record itself, but about another one in the same request; it has no type. */
    static boolean isAnotherRecord(Throwable reason) {
        return reason instanceof KafkaException
                && reason.getMessage() != null
                && reason.getMessage().endsWith(ANOTHER_RECORD);
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata answer, @Nullable Exception exception) {
        if (exception != null) {
            REASON.set(exception);
        }
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // there is nothing to set
    }

    @Override
    public void close() {
        // there is nothing to close
    }
}
