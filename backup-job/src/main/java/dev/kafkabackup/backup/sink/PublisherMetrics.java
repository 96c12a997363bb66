// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.storage.StorageFailure;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/**
 * Counters of what was published and of what failed, as a whole and for each reason ({@code reason="timeout"}); the
 * upload threads count.
 */
final class PublisherMetrics {

    private final MetricGroup group;
    private final Counter segments;
    private final Counter bytes;
    private final Counter records;
    private final Counter failures;
    private final Map<StorageFailure, Counter> failuresByReason = new EnumMap<>(StorageFailure.class);

    PublisherMetrics(MetricGroup group) {
        this.group = group;
        this.segments = group.counter("segmentsPublished", new ThreadSafeSimpleCounter());
        this.bytes = group.counter("segmentBytesPublished", new ThreadSafeSimpleCounter());
        this.records = group.counter("recordsPublished", new ThreadSafeSimpleCounter());
        this.failures = group.counter("uploadFailures", new ThreadSafeSimpleCounter());
        for (StorageFailure reason : StorageFailure.values()) {
            failuresByReason.put(
                    reason,
                    group.addGroup("reason", reason.label()).counter("uploadFailures", new ThreadSafeSimpleCounter()));
        }
    }

    void published(EncodedSegment segment) {
        segments.inc();
        bytes.inc(segment.sizeBytes());
        records.inc(segment.name().records());
    }

    void failed(Throwable failure) {
        failures.inc();
        Objects.requireNonNull(failuresByReason.get(StorageFailure.of(failure))).inc();
    }

    /** Shows how much waits for the storage. */
    void showWaitingBytes(Gauge<Long> waitingBytes) {
        group.gauge("waitingBytes", waitingBytes);
    }
}
