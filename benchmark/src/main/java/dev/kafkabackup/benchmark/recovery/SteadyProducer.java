// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.recovery;

import dev.kafkabackup.benchmark.data.RecordPool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Produces to all partitions of a topic in turn, at a steady rate, on a thread of its own, until closed. */
public final class SteadyProducer implements AutoCloseable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Producer<byte[], byte[]> producer;
    private final RecordPool pool;
    private final String topic;
    private final double bytesPerSecond;
    private final List<AppendTimes> appended;
    private final Thread thread;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean stopping;

    private SteadyProducer(
            String bootstrapServers, RecordPool pool, String topic, int partitions, double bytesPerSecond) {
        this.pool = pool;
        this.topic = topic;
        this.bytesPerSecond = bytesPerSecond;
        this.appended =
                IntStream.range(0, partitions).mapToObj(i -> new AppendTimes()).toList();
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.LINGER_MS_CONFIG,
                        20,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        128 * 1024),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.thread = new Thread(this::run, "steady-producer");
    }

    /**
     * Begins to produce.
     *
     * @param topic empty, its timestamps set by the broker
     * @param bytesPerSecond of keys, values and headers
     */
    public static SteadyProducer start(
            String bootstrapServers, RecordPool pool, String topic, int partitions, double bytesPerSecond) {
        SteadyProducer steady = new SteadyProducer(bootstrapServers, pool, topic, partitions, bytesPerSecond);
        steady.thread.start();
        return steady;
    }

    private void run() {
        long began = System.nanoTime();
        long index = 0;
        while (!stopping && failure.get() == null) {
            double due = (System.nanoTime() - began) / NANOS * bytesPerSecond;
            while (bytes.get() < due && !stopping) {
                for (int partition = 0; partition < appended.size(); partition++) {
                    send(pool.record(topic, partition, index), appended.get(partition));
                }
                index++;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback is told the same
    private void send(ProducerRecord<byte[], byte[]> record, AppendTimes times) {
        bytes.addAndGet(RecordPool.bytes(record.key(), record.value(), record.headers()));
        producer.send(record, (metadata, exception) -> {
            try {
                if (exception != null) {
                    throw exception;
                }
                times.add(metadata.offset(), metadata.timestamp());
            } catch (Exception e) {
                failure.compareAndSet(null, e);
            }
        });
    }

    /** Bytes of keys, values and headers that were sent until now. */
    public long bytes() {
        return bytes.get();
    }

    /** By partition; complete when this is closed. */
    public List<AppendTimes> appended() {
        return appended;
    }

    /**
     * Returns when everything that was sent is acknowledged; again: does nothing.
     *
     * @throws IllegalStateException if anything was not, or if it could not be produced as fast as it should
     */
    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
        Exception first = failure.get();
        if (first != null) {
            throw new IllegalStateException("Topic " + topic + " cannot be filled", first);
        }
    }
}
