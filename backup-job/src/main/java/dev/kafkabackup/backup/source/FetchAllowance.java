// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.segment.SegmentRecord;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the memory of what was fetched and is not processed yet: when it is used up, nothing more is polled until
 * something is processed. Flink counts fetches, and one of them may be a thousand times as large as another. What one
 * poll brings may exceed what is left, so the bound is the allowance and one poll.
 *
 * <p>Thread safe: the fetcher takes, the task gives back.
 */
final class FetchAllowance {

    /** Objects and arrays of one record besides its payload. */
    private static final long RECORD_BYTES = 200;

    private final long limitBytes;
    private final AtomicLong takenBytes = new AtomicLong();

    /** @param limitBytes what may be fetched and not yet processed when the next poll begins; more than 0 */
    FetchAllowance(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Whether to wait before anything more is fetched. */
    boolean isUsedUp() {
        return takenBytes.get() >= limitBytes;
    }

    /** About how much memory a batch occupies. */
    static long bytes(PartitionBatch batch) {
        long bytes = 0;
        for (SegmentRecord record : batch.records()) {
            bytes += RECORD_BYTES + record.payloadBytes();
        }
        return bytes;
    }

    /** Takes what a fetch occupies, until Flink says that it is processed. */
    RecordsWithSplitIds<PartitionBatch> take(RecordsWithSplitIds<PartitionBatch> fetched, long bytes) {
        takenBytes.addAndGet(bytes);
        return new Taken(fetched, bytes);
    }

    private final class Taken implements RecordsWithSplitIds<PartitionBatch> {

        private final RecordsWithSplitIds<PartitionBatch> fetched;
        private final AtomicLong bytes;

        Taken(RecordsWithSplitIds<PartitionBatch> fetched, long bytes) {
            this.fetched = fetched;
            this.bytes = new AtomicLong(bytes);
        }

        @Override
        public @Nullable String nextSplit() {
            return fetched.nextSplit();
        }

        @Override
        public @Nullable PartitionBatch nextRecordFromSplit() {
            return fetched.nextRecordFromSplit();
        }

        @Override
        public Set<String> finishedSplits() {
            return fetched.finishedSplits();
        }

        @Override
        public void recycle() {
            fetched.recycle();
            takenBytes.addAndGet(-bytes.getAndSet(0));
        }
    }
}
