// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.figure.Figures;

/**
 * Counts what a subtask produces into all targets together, for Flink's web UI; {@link RestoreMetrics} counts for each
 * target. Changed by the task thread, read by any.
 */
final class ProducedRecords {

    private static final long MEGABYTE = 1_000_000;

    private volatile long records;
    private volatile long bytes;

    void showIn(Figures figures) {
        figures.sum("records produced", () -> records).perSecond("MB/s produced", () -> bytes, MEGABYTE);
    }

    /** @param payloadBytes of one record: key, value and headers */
    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread only
    void add(long payloadBytes) {
        records++;
        bytes += payloadBytes;
    }
}
