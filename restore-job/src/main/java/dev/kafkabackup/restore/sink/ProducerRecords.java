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
 * without a timestamp, so that it gets 0, and the metric {@code timestampsReplacedByZero} counts it. What is produced
 * into each target is counted too, see {@link RestoreMetrics}.
 */
final class ProducerRecords implements KafkaRecordSerializationSchema<RestoreRecord> {

    private static final long serialVersionUID = 1L;

    private transient @Nullable Counter timestampsReplacedByZero;
    private transient @Nullable RestoreMetrics metrics;

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        // Flink's writer for exactly-once opens its serializer twice
        if (metrics == null) {
            timestampsReplacedByZero = context.getMetricGroup().counter("timestampsReplacedByZero");
            metrics = new RestoreMetrics(context.getMetricGroup());
        }
    }

    @Override
    public ProducerRecord<byte @Nullable [], byte @Nullable []> serialize(
            RestoreRecord element, KafkaSinkContext context, @Nullable Long timestamp) {
        SegmentRecord record = element.record();
        if (metrics != null) {
            metrics.produced(element.target(), record.payloadBytes());
        }
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
