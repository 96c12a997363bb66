// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Small transactions over all partitions of a topic, committed and aborted in turns, on a thread of its own. */
final class SteadyTransactions implements AutoCloseable {

    private static final int RECORDS = 15;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final RecordingProducer producer;
    private final Thread thread;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private volatile boolean stopping;

    private SteadyTransactions(RecordingProducer producer, String topic, int partitions, RandomRecords records) {
        this.producer = producer;
        this.thread = new Thread(() -> run(topic, partitions, records), "steady-transactions-" + topic);
        thread.setDaemon(true);
    }

    /** @param records used by these transactions alone */
    static SteadyTransactions start(
            String bootstrapServers, ProducedLog log, String topic, int partitions, RandomRecords records) {
        RecordingProducer producer =
                RecordingProducer.transactional(bootstrapServers, log, "steady-transactions-" + topic);
        SteadyTransactions transactions = new SteadyTransactions(producer, topic, partitions, records);
        transactions.thread.start();
        return transactions;
    }

    private void run(String topic, int partitions, RandomRecords records) {
        try {
            for (int transaction = 0; !stopping; transaction++) {
                producer.beginTransaction();
                for (int i = 0; i < RECORDS; i++) {
                    producer.send(records.next(topic, (transaction + i) % partitions));
                }
                if (transaction % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException e) {
            failure.set(e);
        }
    }

    /** Ends the transaction under way and stops; fails if one has failed. Again: does nothing. */
    void stop() {
        if (!stopping) {
            stopping = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            producer.close();
            RuntimeException first = failure.get();
            if (first != null) {
                throw first;
            }
        }
    }

    @Override
    public void close() {
        stop();
    }
}
