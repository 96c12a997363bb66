// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.segment.SegmentRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes the record that is produced: same partition, key, value, headers and timestamp. Producers refuse a record
 * without a timestamp, so that it gets 0, and the metric {@code timestampsReplacedByZero} counts it.
 */
final class ProducerRecords implements KafkaRecordSerializationSchema<RestoreRecord> {

    private static final long serialVersionUID = 1L;

    private transient @Nullable Counter timestampsReplacedByZero;

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        // Flink's writer for exactly-once opens its serializer twice
        if (timestampsReplacedByZero == null) {
            timestampsReplacedByZero = context.getMetricGroup().counter("timestampsReplacedByZero");
        }
    }

    @Override
    public ProducerRecord<byte @Nullable [], byte @Nullable []> serialize(
            RestoreRecord element, KafkaSinkContext context, @Nullable Long timestamp) {
        SegmentRecord record = element.record();
        return new ProducerRecord<>(
                element.target(),
                element.source().partition(),
                timestamp(record),
                record.key(),
                record.value(),
                record.headers());
    }

    private long timestamp(SegmentRecord record) {
        if (record.timestamp() >= 0) {
            return record.timestamp();
        }
        if (timestampsReplacedByZero != null) {
            timestampsReplacedByZero.inc();
        }
        return 0;
    }
}
