// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Fills a topic with the records of a profile, from memory, with one producer for each thread. */
public final class Filling {

    /** What the restore produces with, see its ProducerSettings; transactions aside. */
    private static final Map<String, Object> PRODUCER = Map.of(
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            "true",
            ProducerConfig.BATCH_SIZE_CONFIG,
            512 * 1024,
            ProducerConfig.LINGER_MS_CONFIG,
            20,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            64 << 20,
            ProducerConfig.BUFFER_MEMORY_CONFIG,
            64 << 20);

    private final String bootstrapServers;
    private final RecordPool pool;
    private final String compression;
    private final @Nullable CompressedPool compressed;
    private final LongAdder decompressedBytes = new LongAdder();

    /**
     * @param pool which records
     * @param compression of the producer, as Kafka names it
     */
    public Filling(String bootstrapServers, RecordPool pool, String compression) {
        this(bootstrapServers, pool, compression, null);
    }

    private Filling(String bootstrapServers, RecordPool pool, String compression, @Nullable CompressedPool compressed) {
        this.bootstrapServers = bootstrapServers;
        this.pool = pool;
        this.compression = compression;
        this.compressed = compressed;
    }

    /**
     * The same, but that each thread decompresses as many bytes as it produces; they are thrown away.
     *
     * @param level of zstd that they were compressed with
     */
    public Filling decompressing(int level) {
        return new Filling(bootstrapServers, pool, compression, CompressedPool.of(pool, level));
    }

    /** How many bytes were decompressed so far, by threads that are done. */
    public long decompressedBytes() {
        return decompressedBytes.sum();
    }

    /**
     * Produces to all partitions in turn.
     *
     * @param partitions of the topic, which exists and is empty
     * @param recordsPerPartition how many go to each
     * @param threads and producers, 1 or more
     * @param fingerprints whether to take them, which costs CPU
     * @return one fingerprint for each partition; empty ones if they were not asked for
     */
    public SourceTopic fill(String topic, int partitions, long recordsPerPartition, int threads, boolean fingerprints)
            throws InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Map<Integer, Fingerprint.Of>>> shares = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                List<Integer> own = new ArrayList<>();
                for (int partition = thread; partition < partitions; partition += threads) {
                    own.add(partition);
                }
                shares.add(executor.submit(() -> produce(topic, own, recordsPerPartition, fingerprints)));
            }
            Map<Integer, Fingerprint.Of> all = new TreeMap<>();
            for (Future<Map<Integer, Fingerprint.Of>> share : shares) {
                all.putAll(share.get());
            }
            return new SourceTopic(topic, List.copyOf(all.values()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("Topic " + topic + " cannot be filled", e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }

    private Map<Integer, Fingerprint.Of> produce(
            String topic, List<Integer> partitions, long recordsPerPartition, boolean takeFingerprints) {
        Map<String, Object> settings = new HashMap<>(PRODUCER);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression);
        List<Fingerprint> fingerprints =
                partitions.stream().map(Fingerprint::new).toList();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (Producer<byte[], byte[]> producer =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
                CompressedPool.@Nullable Reader reader = compressed == null ? null : compressed.reader()) {
            for (long index = 0; index < recordsPerPartition && failure.get() == null; index++) {
                for (int i = 0; i < partitions.size(); i++) {
                    ProducerRecord<byte[], byte[]> record = pool.record(topic, partitions.get(i), index);
                    if (reader != null) {
                        reader.take(RecordPool.bytes(record.key(), record.value(), record.headers()));
                    }
                    long expected = index;
                    var unused = producer.send(record, (metadata, exception) -> {
                        if (exception != null) {
                            failure.compareAndSet(null, exception);
                        } else if (metadata.offset() != expected) {
                            failure.compareAndSet(
                                    null,
                                    new IllegalStateException("Record %d has offset %d in %s-%d"
                                            .formatted(expected, metadata.offset(), topic, metadata.partition())));
                        }
                    });
                    if (takeFingerprints) {
                        fingerprints
                                .get(i)
                                .add(index, record.timestamp(), record.key(), record.value(), record.headers());
                    }
                }
            }
            producer.flush();
            if (reader != null) {
                decompressedBytes.add(reader.bytesRead());
            }
        }
        Exception thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("Topic " + topic + " cannot be filled", thrown);
        }
        Map<Integer, Fingerprint.Of> results = new HashMap<>();
        for (int i = 0; i < partitions.size(); i++) {
            results.put(partitions.get(i), fingerprints.get(i).result());
        }
        return results;
    }
}
