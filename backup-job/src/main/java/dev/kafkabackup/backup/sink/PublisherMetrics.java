// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.segment.EncodedSegment;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/** Counters of what was published; the upload threads count. */
final class PublisherMetrics {

    private final Counter segments;
    private final Counter bytes;
    private final Counter records;
    private final Counter failures;

    PublisherMetrics(SinkWriterMetricGroup group) {
        this.segments = group.counter("segmentsPublished", new ThreadSafeSimpleCounter());
        this.bytes = group.counter("segmentBytesPublished", new ThreadSafeSimpleCounter());
        this.records = group.counter("recordsPublished", new ThreadSafeSimpleCounter());
        this.failures = group.counter("uploadFailures", new ThreadSafeSimpleCounter());
    }

    void published(EncodedSegment segment) {
        segments.inc();
        bytes.inc(segment.sizeBytes());
        records.inc(segment.name().records());
    }

    void failed() {
        failures.inc();
    }
}
