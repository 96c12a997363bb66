// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Produces records and writes into a {@link ProducedLog} what the broker acknowledged: plain ones when acknowledged,
 * those of a transaction when it was committed, aborted ones never.
 *
 * <p>An acknowledgement does not tell the topic's incarnation; it is the one that was found when the producer first
 * sent to the topic. So a topic must not be created again under the name while the producer is open: {@link #abandon}
 * it when the topic is deleted. {@link #flush}, {@link #close} and {@link #abandon} fail if it happened nevertheless.
 *
 * <p>Used from one thread. Retries by itself while the broker is away for less than two minutes.
 */
public final class RecordingProducer implements AutoCloseable {

    private final ProducedLog log;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, Incarnation> incarnations = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Queue<Sent> transaction = new ConcurrentLinkedQueue<>();
    private volatile boolean inTransaction;
    private volatile boolean abandoned;

    /** A producer without transactions. */
    public RecordingProducer(String bootstrapServers, ProducedLog log) {
        this(bootstrapServers, log, Map.of());
    }

    /** A producer with the given client properties; with a {@code transactional.id} it is ready for transactions. */
    public RecordingProducer(String bootstrapServers, ProducedLog log, Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "linger.ms",
                5,
                "batch.size",
                1 << 17,
                "max.request.size",
                32 << 20,
                "buffer.memory",
                64L << 20,
                "max.block.ms",
                120_000,
                // New partitions are to be noticed soon.
                "metadata.max.age.ms",
                1000));
        all.putAll(properties);
        this.log = log;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        if (all.containsKey("transactional.id")) {
            producer.initTransactions();
        }
    }

    /** A producer for transactions under the given id. */
    public static RecordingProducer transactional(String bootstrapServers, ProducedLog log, String transactionalId) {
        return new RecordingProducer(bootstrapServers, log, Map.of("transactional.id", transactionalId));
    }

    /** Sends a record without waiting for the answer; with the present time unless it has a timestamp. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback is told the same
    public void send(ProducerRecord<byte[], byte[]> wanted) {
        Incarnation incarnation = incarnations.computeIfAbsent(wanted.topic(), this::find);
        ProducerRecord<byte[], byte[]> record = wanted.timestamp() == null ? atPresent(wanted) : wanted;
        List<Header> headers = List.of(record.headers().toArray());
        producer.send(record, (metadata, exception) -> {
            Sent sent = sent(incarnation, record, headers, metadata);
            if (exception != null) {
                failure.compareAndSet(null, exception);
                log.addInDoubt(sent.partition(), sent.record());
            } else if (inTransaction) {
                transaction.add(sent);
            } else {
                log.add(sent.partition(), sent.record());
            }
        });
    }

    /**
     * Kafka's producer would do the same, but what it then says about the timestamp is wrong if a batch had to be sent
     * again: all its records seem to have the last one's.
     */
    private static ProducerRecord<byte[], byte[]> atPresent(ProducerRecord<byte[], byte[]> record) {
        return new ProducerRecord<>(
                record.topic(),
                record.partition(),
                System.currentTimeMillis(),
                record.key(),
                record.value(),
                record.headers());
    }

    /** How many partitions the topic has, as far as the client knows at the moment. */
    public int partitionCount(String topic) {
        return producer.partitionsFor(topic).size();
    }

    /** Begins a transaction; what is sent from now on belongs to it. */
    public void beginTransaction() {
        producer.beginTransaction();
        inTransaction = true;
    }

    /** Commits the transaction; its records are in the log afterwards. */
    public void commitTransaction() {
        try {
            producer.commitTransaction();
        } catch (RuntimeException e) {
            endTransaction().forEach(sent -> log.addInDoubt(sent.partition(), sent.record()));
            throw e;
        }
        endTransaction().forEach(sent -> log.add(sent.partition(), sent.record()));
        throwFailure();
    }

    /** Aborts the transaction; the broker keeps its records, and nobody is to read them. */
    public void abortTransaction() {
        producer.flush();
        producer.abortTransaction();
        endTransaction();
    }

    /** Returns when everything that was sent is answered. */
    public void flush() {
        producer.flush();
        checkIncarnations();
        throwFailure();
    }

    /** Waits for all answers and closes; an open transaction is aborted by the broker. */
    @Override
    public void close() {
        try (admin;
                producer) {
            if (!abandoned) {
                flush();
            }
        }
    }

    /** Closes at once; what was not answered is in doubt. For a topic that was deleted. */
    public void abandon() {
        abandoned = true;
        producer.close(Duration.ZERO);
        try (admin) {
            checkIncarnations();
        }
    }

    private List<Sent> endTransaction() {
        List<Sent> ended = List.copyOf(transaction);
        transaction.clear();
        inTransaction = false;
        return ended;
    }

    private void throwFailure() {
        Exception first = failure.get();
        if (first != null) {
            throw new IllegalStateException("A record was not acknowledged: " + first.getMessage(), first);
        }
    }

    private static Sent sent(
            Incarnation incarnation,
            ProducerRecord<byte[], byte[]> record,
            List<Header> headers,
            RecordMetadata metadata) {
        long timestamp =
                incarnation.timestampType() == TimestampType.CREATE_TIME ? record.timestamp() : metadata.timestamp();
        return new Sent(
                new TopicIdPartition(incarnation.topicId(), metadata.partition(), record.topic()),
                new ProducedRecord(
                        metadata.hasOffset() ? metadata.offset() : ProducedRecord.UNKNOWN_OFFSET,
                        timestamp,
                        incarnation.timestampType(),
                        record.key(),
                        record.value(),
                        headers));
    }

    private Incarnation find(String topic) {
        Uuid topicId = describe(topic).topicId();
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config =
                get(admin.describeConfigs(List.of(resource)).all()).getOrDefault(resource, new Config(List.of()));
        return new Incarnation(
                topicId,
                TimestampType.forName(config.get("message.timestamp.type").value()));
    }

    private TopicDescription describe(String topic) {
        return get(admin.describeTopics(List.of(topic)).allTopicNames())
                .values()
                .iterator()
                .next();
    }

    private void checkIncarnations() {
        incarnations.forEach((topic, incarnation) -> {
            try {
                Uuid present = describe(topic).topicId();
                if (!present.equals(incarnation.topicId())) {
                    throw new IllegalStateException(
                            "Topic %s was created again while its producer was open (%s, then %s):"
                                            .formatted(topic, incarnation.topicId(), present)
                                    + " nobody knows to which of both its records belong");
                }
            } catch (UnknownTopicOrPartitionException e) {
                // Deleted, and not created again: what was acknowledged belongs to the incarnation that is gone.
            }
        });
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the broker", e);
        }
    }

    private record Incarnation(Uuid topicId, TimestampType timestampType) {}

    private record Sent(TopicIdPartition partition, ProducedRecord record) {}
}
