// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.util.Map;

/** Short ways to fill a topic with random records; all are committed, or aborted, on return. */
final class Produce {

    private Produce() {}

    /** Without transactions, to the partitions from 0 on in turn. */
    static void to(BrokerExtension broker, ProducedLog log, String topic, int partitions, int count) {
        RandomRecords records = RandomRecords.seeded();
        try (RecordingProducer producer = new RecordingProducer(broker.bootstrapServers(), log)) {
            for (int i = 0; i < count; i++) {
                producer.send(records.next(topic, i % partitions));
            }
        }
    }

    /** One transaction to partition 0 that is committed. */
    static void committed(BrokerExtension broker, ProducedLog log, String topic, int count) {
        transaction(broker, log, topic, count, true);
    }

    /** One transaction to partition 0 that is aborted. */
    static void aborted(BrokerExtension broker, ProducedLog log, String topic, int count) {
        transaction(broker, log, topic, count, false);
    }

    private static void transaction(
            BrokerExtension broker, ProducedLog log, String topic, int count, boolean committed) {
        RandomRecords records = RandomRecords.small();
        // small batches, so that aborted ones lie between others
        try (RecordingProducer producer = new RecordingProducer(
                broker.bootstrapServers(), log, Map.of("transactional.id", "tx-" + topic, "batch.size", 1024))) {
            producer.beginTransaction();
            for (int i = 0; i < count; i++) {
                producer.send(records.next(topic, 0));
            }
            if (committed) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }
}
