// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;

/**
 * Counts what was read in Flink's own counters of a source, which its web UI has columns for. Used by the task thread.
 */
record ReceivedRecords(Counter records, Counter bytes) {

    static ReceivedRecords in(OperatorIOMetricGroup group) {
        return new ReceivedRecords(group.getNumRecordsInCounter(), group.getNumBytesInCounter());
    }

    void add(PartitionBatch batch) {
        // Flink has counted one already, for the batch
        records.inc(batch.records().size() - 1L);
        bytes.inc(batch.payloadBytes());
    }
}
