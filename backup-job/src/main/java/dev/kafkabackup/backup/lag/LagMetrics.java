// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.lag;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.kafka.common.TopicPartition;

/**
 * Shows the lag of a subtask's partitions, of each one ({@code topic="orders", partition="3"}) and of all together.
 *
 * <p>Flink knows no way to take a metric back: a partition that is read no more has a lag of 0 and the durable offset
 * -1. Thread safe.
 */
final class LagMetrics {

    private static final double NEVER = -1;

    private final MetricGroup group;
    private final DurableLag lag;
    private final LongSupplier nanoTime;
    private final Counter measurements;
    private final Counter measureFailures;
    private final Counter commits;
    private final Counter commitFailures;
    private final Set<TopicPartition> shown = new HashSet<>();
    private volatile double measuredAtSeconds = NEVER;

    LagMetrics(MetricGroup group, DurableLag lag, LongSupplier nanoTime) {
        this.group = group;
        this.lag = lag;
        this.nanoTime = nanoTime;
        this.measurements = group.counter("lagMeasurements", new ThreadSafeSimpleCounter());
        this.measureFailures = group.counter("lagMeasureFailures", new ThreadSafeSimpleCounter());
        this.commits = group.counter("offsetCommits", new ThreadSafeSimpleCounter());
        this.commitFailures = group.counter("offsetCommitFailures", new ThreadSafeSimpleCounter());
        group.gauge("durableLagRecords", (Gauge<Long>) lag::records);
        group.gauge("durableLagSeconds", (Gauge<Double>) lag::seconds);
        group.gauge("lagAgeSeconds", (Gauge<Double>) this::ageSeconds);
    }

    /** Shows a partition from now on, if it is not shown yet. */
    void show(TopicPartition partition) {
        synchronized (shown) {
            if (!shown.add(partition)) {
                return;
            }
        }
        MetricGroup own = group.addGroup("topic", partition.topic())
                .addGroup("partition", Integer.toString(partition.partition()));
        own.gauge("durableLagRecords", (Gauge<Long>) () -> lag.records(partition));
        own.gauge("durableLagSeconds", (Gauge<Double>) () -> lag.seconds(partition));
        own.gauge("durableOffset", (Gauge<Long>) () -> lag.durableOffset(partition));
    }

    /** Kafka has answered for all partitions. */
    void measured() {
        measuredAtSeconds = nanoTime.getAsLong() / 1e9;
        measurements.inc();
    }

    void measureFailed() {
        measureFailures.inc();
    }

    void committed() {
        commits.inc();
    }

    void commitFailed() {
        commitFailures.inc();
    }

    /** Seconds since Kafka was last asked with success; -1 if it never was. */
    private double ageSeconds() {
        double at = measuredAtSeconds;
        return at == NEVER ? NEVER : nanoTime.getAsLong() / 1e9 - at;
    }
}
