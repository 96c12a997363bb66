// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.HandMadeBatch;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * A topic in which little is as simple as it could be: markers and aborted records between the others, records that
 * came twice, timestamps in no order or none at all, a hole that Kafka dropped before it was backed up, a partition
 * with one record and an empty one. What is left of what was produced is known from the producer alone.
 */
final class RandomTopic {

    /** The last but one has a single record, the last one none. */
    static final int PARTITIONS = 4;

    private static final int LARGEST_TRANSACTION = 2_000;

    private final BrokerExtension broker;
    private final String name;
    private final Uuid id;
    private final RandomRecords records = RandomRecords.small();
    private final SplittableRandom shape = new SplittableRandom(records.seed());
    private final ProducedLog produced = new ProducedLog();
    private long holeStart;
    private long holeEnd;

    RandomTopic(BrokerExtension broker, String name) {
        this.broker = broker;
        this.name = name;
        this.id = broker.createTopic(name, PARTITIONS);
        HandMadeBatch.produce(
                broker.bootstrapServers(),
                produced,
                new TopicIdPartition(id, PARTITIONS - 2, name),
                1_700_000_000_000L);
    }

    String name() {
        return name;
    }

    Uuid id() {
        return id;
    }

    /** What its content depends on. */
    long seed() {
        return records.seed();
    }

    /**
     * Adds records to the large partitions, in transactions that are committed or not. One request at a time: a second
     * one is refused, and sent again after a pause, while the broker adds a partition to the transaction.
     */
    void produce(int count) {
        long sent = 0;
        try (RecordingProducer producer = new RecordingProducer(
                broker.bootstrapServers(),
                produced,
                Map.of("transactional.id", name, "max.in.flight.requests.per.connection", 1))) {
            while (sent < count) {
                producer.beginTransaction();
                for (int i = 1 + shape.nextInt(LARGEST_TRANSACTION); i > 0; i--) {
                    ProducerRecord<byte[], byte[]> record = records.next(name, shape.nextInt(PARTITIONS - 2));
                    producer.send(record);
                    if (shape.nextInt(20) == 0) {
                        producer.send(record);
                    }
                    sent++;
                }
                if (shape.nextInt(5) == 0) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
        HandMadeBatch.produce(broker.bootstrapServers(), produced, partition(), -1, 1_700_000_000_000L, -1, 0);
    }

    /**
     * Kafka drops records that were produced since the backup: the others are backed up, before and behind the hole.
     */
    void dropWhatWasProducedSince(long backedUpTo) throws Exception {
        holeStart = backedUpTo;
        holeEnd = (backedUpTo + end()) / 2;
        broker.admin()
                .deleteRecords(Map.of(new TopicPartition(name, 0), RecordsToDelete.beforeOffset(holeEnd)))
                .all()
                .get();
    }

    /** Offset behind the last record of the first partition. */
    long end() {
        return produced.records(partition()).lastKey() + 1;
    }

    private TopicIdPartition partition() {
        return new TopicIdPartition(id, 0, name);
    }

    /** What is in the backup, by what was produced and what Kafka dropped. */
    ProducedLog backedUp() {
        return produced.select((partition, record) ->
                partition.partition() != 0 || record.offset() < holeStart || record.offset() >= holeEnd);
    }
}
