// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Produces into one topic what Kafka allows: null, empty and large, headers of every shape, transactions, aborted ones.
 */
final class EveryKindOfRecord {

    private final String bootstrapServers;
    private final ProducedLog produced;
    private final String topic;
    private final int partitions;
    private final RandomRecords records = RandomRecords.seeded();

    /** @param produced takes what is committed */
    EveryKindOfRecord(String bootstrapServers, ProducedLog produced, String topic, int partitions) {
        this.bootstrapServers = bootstrapServers;
        this.produced = produced;
        this.topic = topic;
        this.partitions = partitions;
    }

    /** Some records in each partition that are easily got wrong. */
    void special() {
        byte[] empty = new byte[0];
        byte[] large = new byte[900 << 10];
        new SplittableRandom(records.seed()).nextBytes(large);
        try (RecordingProducer producer = new RecordingProducer(bootstrapServers, produced)) {
            for (int partition = 0; partition < partitions; partition++) {
                producer.send(record(partition, 1_700_000_010_000L, null, null));
                producer.send(record(partition, 1_700_000_000_000L, empty, empty));
                producer.send(record(partition, 0, "tombstone".getBytes(StandardCharsets.UTF_8), null));
                producer.send(record(partition, 1_700_000_005_000L, null, large));
                ProducerRecord<byte[], byte[]> headers = record(partition, 1_700_000_007_000L, empty, null);
                headers.headers()
                        .add("same", new byte[] {1})
                        .add("same", null)
                        .add("other", empty)
                        .add("same", new byte[] {1})
                        .add("", new byte[] {2});
                producer.send(headers);
            }
        }
    }

    private ProducerRecord<byte[], byte[]> record(int partition, long timestamp, byte[] key, byte[] value) {
        return new ProducerRecord<>(topic, partition, timestamp, key, value);
    }

    /** Many ordinary ones. */
    void random() {
        try (RecordingProducer producer = new RecordingProducer(bootstrapServers, produced)) {
            send(producer, 1_000);
        }
    }

    /** Transactions, every second one aborted. */
    void transactions() {
        try (RecordingProducer producer = RecordingProducer.transactional(bootstrapServers, produced, "used-topic")) {
            for (int transaction = 0; transaction < 6; transaction++) {
                producer.beginTransaction();
                send(producer, 60);
                if (transaction % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
    }

    private void send(RecordingProducer producer, int count) {
        for (int i = 0; i < count; i++) {
            producer.send(records.next(topic, i % partitions));
        }
    }
}
