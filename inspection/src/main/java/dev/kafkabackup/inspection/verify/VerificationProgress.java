// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import java.util.concurrent.atomic.LongAdder;

/** How far a verification has come. Thread safe. */
public final class VerificationProgress {

    private final LongAdder partitionsDone = new LongAdder();
    private final LongAdder segments = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder liveRecords = new LongAdder();
    private volatile int partitions;

    /** Partitions that are verified. */
    public long partitionsDone() {
        return partitionsDone.sum();
    }

    /** All partitions; 0 as long as they are not listed. */
    public int partitions() {
        return partitions;
    }

    /** Segments that were looked at. */
    public long segments() {
        return segments.sum();
    }

    /** Their size. */
    public long bytes() {
        return bytes.sum();
    }

    /** Records of Kafka that were compared. */
    public long liveRecords() {
        return liveRecords.sum();
    }

    void found(int all) {
        partitions = all;
    }

    void partitionDone() {
        partitionsDone.increment();
    }

    void segmentDone(long sizeBytes) {
        segments.increment();
        bytes.add(sizeBytes);
    }

    void liveRecordsDone(int count) {
        liveRecords.add(count);
    }
}
