// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.verify;

import dev.kafkabackup.restore.compare.PairVisitor;
import dev.kafkabackup.restore.compare.PlannedPartition;
import dev.kafkabackup.restore.record.RestoreRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.TopicPartition;

/** How far a comparison has come. Thread safe. */
public final class ComparisonProgress {

    private final LongAdder records = new LongAdder();
    private volatile long recordsAtMost;

    /** Records that were compared and are equal. */
    public long records() {
        return records.sum();
    }

    /** As many records as there can be; 0 as long as that is not known. */
    public long recordsAtMost() {
        return recordsAtMost;
    }

    void planned(List<PlannedPartition> partitions) {
        recordsAtMost = partitions.stream()
                .mapToLong(planned -> planned.partition().recordsAtMost())
                .sum();
    }

    /** Counts what a visitor is shown. */
    PairVisitor counting(PairVisitor visitor) {
        return new Counting(visitor, records);
    }

    private record Counting(PairVisitor visitor, LongAdder records) implements PairVisitor {

        @Override
        public boolean concerns(long targetOffset) {
            return visitor.concerns(targetOffset);
        }

        @Override
        public Optional<String> pair(RestoreRecord record, TopicPartition target, long targetOffset)
                throws IOException {
            records.increment();
            return visitor.pair(record, target, targetOffset);
        }

        @Override
        public Optional<String> end() throws IOException {
            return visitor.end();
        }
    }
}
