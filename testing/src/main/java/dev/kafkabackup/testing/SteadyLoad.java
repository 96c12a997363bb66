// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Produces random records to all partitions of a topic in turn, at a steady rate, on a thread of its own, until
 * stopped.
 *
 * <p>While the broker is away it waits, and catches up afterwards. Partitions that are added are used within about a
 * second.
 */
public final class SteadyLoad implements AutoCloseable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final RecordingProducer producer;
    private final String topic;
    private final int recordsPerSecond;
    private final RandomRecords records;
    private final Thread thread;
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean stopping;
    private volatile @Nullable RuntimeException failure;

    private SteadyLoad(RecordingProducer producer, String topic, int recordsPerSecond, RandomRecords records) {
        this.producer = producer;
        this.topic = topic;
        this.recordsPerSecond = recordsPerSecond;
        this.records = records;
        this.thread = new Thread(this::run, "steady-load-" + topic);
        thread.setDaemon(true);
    }

    /**
     * Starts to produce to an existing topic.
     *
     * @param records used by this load alone
     */
    public static SteadyLoad start(
            String bootstrapServers, ProducedLog log, String topic, int recordsPerSecond, RandomRecords records) {
        // a broker that starts again remembers only the last batch of a producer: of several on their way it would
        // refuse all others for ever, though it has them
        RecordingProducer producer =
                new RecordingProducer(bootstrapServers, log, Map.of("max.in.flight.requests.per.connection", 1));
        SteadyLoad load = new SteadyLoad(producer, topic, recordsPerSecond, records);
        load.thread.start();
        return load;
    }

    /** How many records were handed to the producer so far; the {@link ProducedLog} tells how many are acknowledged. */
    public long sentCount() {
        return sent.get();
    }

    /** Stops, and returns when everything sent is acknowledged; fails if anything is not. Again: does nothing. */
    public void stop() {
        if (!stopping) {
            endThread();
            producer.close();
            RuntimeException first = failure;
            if (first != null) {
                throw first;
            }
        }
    }

    /** Stops at once; what is not acknowledged is in doubt. For a topic that was deleted. */
    public void abandon() {
        if (!stopping) {
            endThread();
            producer.abandon();
        }
    }

    /** {@link #abandon()}s a load that the test has not ended itself. */
    @Override
    public void close() {
        abandon();
    }

    private void endThread() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long started = System.nanoTime();
        while (!stopping) {
            long due = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started) * recordsPerSecond / 1000;
            try {
                int partitions = producer.partitionCount(topic);
                while (sent.get() < due && !stopping) {
                    producer.send(next(partitions));
                    sent.incrementAndGet();
                }
            } catch (TimeoutException e) {
                // The broker is away, or the topic is gone; nothing was sent. The next turn may succeed.
            } catch (InterruptException e) {
                return;
            } catch (RuntimeException e) {
                failure = e;
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private ProducerRecord<byte[], byte[]> next(int partitions) {
        return records.next(topic, (int) (sent.get() % partitions));
    }
}
