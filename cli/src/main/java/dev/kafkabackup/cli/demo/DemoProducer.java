// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.demo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Fills a topic with records of every kind and remembers each committed one, from the broker's own acknowledgement. */
final class DemoProducer {

    static final int PARTITIONS = 4;
    private static final int PLAIN_RECORDS = 100_000;
    private static final int TRANSACTION_RECORDS = 5_000;
    private static final int LARGE_VALUE_BYTES = 900 * 1024;
    private static final long FIRST_TIMESTAMP = 1_767_225_600_000L; // 2026-01-01T00:00:00Z

    private final String bootstrapServers;
    private final String topic;
    private final Random random = new Random(20_260_101);
    private final Map<Integer, NavigableMap<Long, DemoRecord>> committed = new TreeMap<>();
    private int produced;

    DemoProducer(String bootstrapServers, String topic) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            committed.put(partition, new TreeMap<>());
        }
    }

    /** Every committed record, by partition and offset. */
    Map<Integer, NavigableMap<Long, DemoRecord>> committed() {
        return committed;
    }

    long committedRecords() {
        return committed.values().stream().mapToLong(NavigableMap::size).sum();
    }

    /**
     * Plain records, an aborted transaction and a committed one, in turns so that the aborted one lies in the middle.
     */
    void produceAll() {
        try (KafkaProducer<byte[], byte[]> plain = producer(null);
                KafkaProducer<byte[], byte[]> transactional = producer("demo")) {
            transactional.initTransactions();
            produce(plain, PLAIN_RECORDS / 2, true);
            transactional.beginTransaction();
            produce(transactional, TRANSACTION_RECORDS, false);
            transactional.abortTransaction();
            produce(plain, PLAIN_RECORDS / 2, true);
            transactional.beginTransaction();
            produce(transactional, TRANSACTION_RECORDS, true);
            transactional.commitTransaction();
        }
    }

    private KafkaProducer<byte[], byte[]> producer(@Nullable String transactionalId) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "20");
        if (transactionalId != null) {
            properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        }
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void produce(KafkaProducer<byte[], byte[]> producer, int count, boolean willBeCommitted) {
        List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>(count);
        List<Future<RecordMetadata>> acknowledged = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ProducerRecord<byte[], byte[]> record = record(produced++);
            sent.add(record);
            acknowledged.add(producer.send(record));
        }
        producer.flush();
        for (int i = 0; i < count && willBeCommitted; i++) {
            remember(sent.get(i), acknowledged.get(i));
        }
    }

    private void remember(ProducerRecord<byte[], byte[]> record, Future<RecordMetadata> acknowledged) {
        try {
            RecordMetadata metadata = acknowledged.get();
            committed
                    .computeIfAbsent(metadata.partition(), any -> new TreeMap<>())
                    .put(
                            metadata.offset(),
                            new DemoRecord(
                                    metadata.offset(),
                                    metadata.timestamp(),
                                    record.key(),
                                    record.value(),
                                    record.headers()));
        } catch (ExecutionException e) {
            throw new KafkaException("A record of the demo could not be produced", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    private ProducerRecord<byte[], byte[]> record(int number) {
        byte @Nullable [] key = number % 10 == 0 ? null : bytes("customer-" + random.nextInt(5_000));
        RecordHeaders headers = new RecordHeaders();
        if (number % 20 == 0) {
            headers.add("trace", bytes("a-" + number));
            headers.add("trace", bytes("b-" + number));
            headers.add("empty", new byte[0]);
            headers.add("none", null);
        }
        // timestamps are out of order by some seconds, as those of real producers are
        long timestamp = FIRST_TIMESTAMP + number * 25L - random.nextInt(5_000);
        return new ProducerRecord<>(
                topic, number % PARTITIONS, Math.max(FIRST_TIMESTAMP, timestamp), key, value(number), headers);
    }

    private byte @Nullable [] value(int number) {
        if (number == PLAIN_RECORDS / 3) {
            byte[] large = new byte[LARGE_VALUE_BYTES];
            random.nextBytes(large);
            return large;
        }
        if (number % 50 == 7) {
            return null;
        }
        if (number % 50 == 8) {
            return new byte[0];
        }
        return bytes("{\"order\":%d,\"amount\":%d,\"currency\":\"EUR\",\"note\":\"%s\"}"
                .formatted(number, random.nextInt(100_000), "x".repeat(random.nextInt(200))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
