// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.storage.StorageFailure;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
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
    private final LongSupplier nanoTime;
    private volatile long uploadedAtNanos;
    private final Counter segments;
    private final Counter bytes;
    private final Counter records;
    private final Counter failures;
    private final Map<StorageFailure, Counter> failuresByReason = new EnumMap<>(StorageFailure.class);

    PublisherMetrics(MetricGroup group) {
        this(group, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime()} */
    PublisherMetrics(MetricGroup group, LongSupplier nanoTime) {
        this.group = group;
        this.nanoTime = nanoTime;
        this.uploadedAtNanos = nanoTime.getAsLong();
        group.gauge("lastUploadAgeSeconds", (Gauge<Double>) this::uploadAgeSeconds);
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
        uploadedAtNanos = nanoTime.getAsLong();
        segments.inc();
        bytes.inc(segment.sizeBytes());
        records.inc(segment.name().records());
    }

    void failed(Throwable failure) {
        failures.inc();
        Objects.requireNonNull(failuresByReason.get(StorageFailure.of(failure))).inc();
    }

    /** Shows how much waits for the storage. */
    void showWaiting(Gauge<Long> bytes, Gauge<Long> segments) {
        group.gauge("waitingBytes", bytes);
        group.gauge("uploadsWaiting", segments);
    }

    /** Seconds since the last upload succeeded, or since there was nothing to tell of yet. */
    private double uploadAgeSeconds() {
        return (nanoTime.getAsLong() - uploadedAtNanos) / 1e9;
    }
}
