// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.HandMadeBatch;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Topics whose logs and records are of the kinds that are rare and that backups get wrong: each kind has a topic of its
 * own, so that a failure names it.
 *
 * <p>The broker's log cleaner has to be quick: {@code log.cleaner.backoff.ms}.
 */
final class RareRecords {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String COMPACTED = "compacted";
    private static final int KEYS = 100;
    private static final int ROUNDS = 20;

    private static final long TIMESTAMP = 1_700_000_000_000L;
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int TEN_MEBIBYTES = 10 << 20;
    private static final byte[] EMPTY = {};

    private final BrokerExtension broker;
    private final ProducedLog produced = new ProducedLog();
    private final Map<String, Uuid> topicIds = new LinkedHashMap<>();
    private final RandomRecords random = RandomRecords.seeded();

    private RareRecords(BrokerExtension broker) {
        this.broker = broker;
    }

    /** Creates the topics and fills them; returns when their logs do not change any more. */
    static RareRecords produce(BrokerExtension broker) {
        RareRecords records = new RareRecords(broker);
        records.compacted();
        records.transactions();
        records.onlyAborted();
        records.logAppendTime();
        records.large();
        records.headers();
        records.zeroLength();
        records.codecs();
        records.timestamps();
        records.awaitCompaction();
        return records;
    }

    /** The topics by name. */
    Map<String, Uuid> topicIds() {
        return topicIds;
    }

    /** What is left of what was produced, after compaction. */
    ProducedLog left() {
        NavigableMap<Long, ProducedRecord> served = served(COMPACTED);
        return produced.select(
                (partition, record) -> !partition.topic().equals(COMPACTED) || served.containsKey(record.offset()));
    }

    private void compacted() {
        create(
                COMPACTED,
                1,
                Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.01", "segment.bytes", "1048576"));
        try (RecordingProducer producer = producer(Map.of("batch.size", 512))) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int key = 0; key < KEYS; key++) {
                    // in the end some keys are deleted: their tombstones stay for a day
                    byte[] value = key % 10 == 0 && round == ROUNDS - 1 ? null : bytes("round " + round);
                    producer.send(record(COMPACTED, 0, TIMESTAMP + round, bytes("key " + key), value));
                }
            }
            // in a batch of its own, and so much later that it begins a new file of the log: what is before it can be
            // compacted then
            producer.flush();
            producer.send(record(COMPACTED, 0, TIMESTAMP + Duration.ofDays(30).toMillis(), bytes("end"), EMPTY));
        }
    }

    private void awaitCompaction() {
        await("the last record of each key, and nothing else")
                .atMost(PATIENCE)
                .until(() -> served(COMPACTED).size() == KEYS + 1);
    }

    private NavigableMap<Long, ProducedRecord> served(String topic) {
        return new TargetJudge(broker.bootstrapServers())
                .read(topic)
                .firstEntry()
                .getValue();
    }

    private void transactions() {
        create("transactions", 1, Map.of());
        inTransactions("transactions", true, false, true, false, false, true, false);
    }

    private void onlyAborted() {
        create("only-aborted", 2, Map.of());
        inTransactions("only-aborted", false, false, false);
    }

    /** Small batches, so that markers and aborted ones lie between others. */
    private void inTransactions(String topic, boolean... committed) {
        try (RecordingProducer producer = producer(Map.of("transactional.id", topic, "batch.size", 1024))) {
            for (boolean commit : committed) {
                producer.beginTransaction();
                for (int i = 0; i < 50; i++) {
                    producer.send(random.next(topic, 0));
                }
                if (commit) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
    }

    private void logAppendTime() {
        create("log-append-time", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        try (RecordingProducer producer = producer(Map.of())) {
            for (int i = 0; i < 100; i++) {
                producer.send(random.next("log-append-time", 0));
            }
        }
    }

    private void large() {
        create("large", 1, Map.of("max.message.bytes", Integer.toString(TEN_MEBIBYTES + 4096)));
        byte[] incompressible = new byte[TEN_MEBIBYTES];
        new SplittableRandom(random.seed()).nextBytes(incompressible);
        try (RecordingProducer producer = producer(Map.of())) {
            producer.send(record("large", 0, TIMESTAMP, null, incompressible));
            producer.send(random.next("large", 0));
            producer.send(record("large", 0, TIMESTAMP, incompressible, null));
            producer.send(record("large", 0, TIMESTAMP, null, new byte[TEN_MEBIBYTES]));
        }
    }

    private void headers() {
        create("headers", 1, Map.of());
        ProducerRecord<byte[], byte[]> record = record("headers", 0, TIMESTAMP, null, bytes("a thousand"));
        for (int i = 0; i < 1_000; i++) {
            record.headers().add(i % 3 == 0 ? "same" : "header-" + i, i % 7 == 0 ? null : bytes("value " + i));
        }
        try (RecordingProducer producer = producer(Map.of())) {
            producer.send(record);
        }
    }

    /** Everything that may be null, empty or missing, in every combination. */
    private void zeroLength() {
        create("zero-length", 1, Map.of());
        byte[][] nothing = {null, EMPTY};
        try (RecordingProducer producer = producer(Map.of())) {
            for (byte[] key : nothing) {
                for (byte[] value : nothing) {
                    producer.send(record("zero-length", 0, TIMESTAMP, key, value));
                    for (byte[] headerValue : nothing) {
                        ProducerRecord<byte[], byte[]> record = record("zero-length", 0, TIMESTAMP, key, value);
                        record.headers().add("", headerValue);
                        producer.send(record);
                    }
                    ProducerRecord<byte[], byte[]> both = record("zero-length", 0, TIMESTAMP, key, value);
                    both.headers().add("", EMPTY).add("", null).add("", EMPTY);
                    producer.send(both);
                }
            }
        }
    }

    /** A partition for each codec, and one with all of them. */
    private void codecs() {
        create("codecs", CODECS.size() + 1, Map.of());
        for (int partition = 0; partition < CODECS.size(); partition++) {
            try (RecordingProducer producer = producer(Map.of("compression.type", CODECS.get(partition)))) {
                for (int i = 0; i < 100; i++) {
                    producer.send(random.next("codecs", partition));
                    producer.send(random.next("codecs", CODECS.size()));
                }
            }
        }
    }

    private void timestamps() {
        Uuid id = create("timestamps", 2, Map.of());
        TopicIdPartition partition = new TopicIdPartition(id, 0, "timestamps");
        HandMadeBatch.produce(broker.bootstrapServers(), produced, partition, TIMESTAMP, -1, 0, -1, 1);
        HandMadeBatch.produce(broker.bootstrapServers(), produced, partition, -2, TIMESTAMP, -TIMESTAMP);
        TopicIdPartition none = new TopicIdPartition(id, 1, "timestamps");
        HandMadeBatch.produce(broker.bootstrapServers(), produced, none, -1, -1, -1);
    }

    private Uuid create(String topic, int partitions, Map<String, String> configs) {
        Uuid id = broker.createTopic(topic, partitions, configs);
        topicIds.put(topic, id);
        return id;
    }

    private RecordingProducer producer(Map<String, Object> properties) {
        return new RecordingProducer(broker.bootstrapServers(), produced, properties);
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, int partition, long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord<>(topic, partition, timestamp, key, value);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
