// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.figure.Figures;
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
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/**
 * Counters of what was published and of what failed, as a whole and for each reason ({@code reason="timeout"}); the
 * upload threads count.
 */
final class PublisherMetrics {

    private final MetricGroup group;
    private final Counter sentRecords;
    private final Counter sentBytes;
    private final LongSupplier nanoTime;
    private volatile long uploadedAtNanos;
    private final Counter segments;
    private final Counter bytes;
    private final Counter records;
    private final Counter failures;
    private volatile Gauge<Long> waiting = () -> 0L;
    private final Map<StorageFailure, Counter> failuresByReason = new EnumMap<>(StorageFailure.class);

    /** Counts in the group, and in Flink's own counters of a sink, which its web UI has columns for. */
    static PublisherMetrics of(SinkWriterMetricGroup group) {
        return new PublisherMetrics(
                group, group.getNumRecordsSendCounter(), group.getNumBytesSendCounter(), System::nanoTime);
    }

    /**
     * @param sentRecords counts records in published segments
     * @param sentBytes counts bytes of published segments
     * @param nanoTime as {@link System#nanoTime()}
     */
    PublisherMetrics(MetricGroup group, Counter sentRecords, Counter sentBytes, LongSupplier nanoTime) {
        this.group = group;
        this.sentRecords = sentRecords;
        this.sentBytes = sentBytes;
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
        // Flink's own are not made for several threads
        synchronized (this) {
            sentRecords.inc(segment.name().records());
            sentBytes.inc(segment.sizeBytes());
        }
    }

    void failed(Throwable failure) {
        failures.inc();
        Objects.requireNonNull(failuresByReason.get(StorageFailure.of(failure))).inc();
    }

    /** Shows how much waits for the storage. */
    void showWaiting(Gauge<Long> bytes, Gauge<Long> segments) {
        waiting = segments;
        group.gauge("waitingBytes", bytes);
        group.gauge("uploadsWaiting", segments);
    }

    /** Shows the most important of it in the web UI. */
    void showIn(Figures figures) {
        figures.sum("segments out", segments::getCount)
                .sum("records out", records::getCount)
                .sum("bytes out", bytes::getCount)
                .sum("uploads waiting", () -> waiting.getValue())
                .sum("uploads failed", failures::getCount);
    }

    /** Seconds since the last upload succeeded, or since there was nothing to tell of yet. */
    private double uploadAgeSeconds() {
        return (nanoTime.getAsLong() - uploadedAtNanos) / 1e9;
    }
}
