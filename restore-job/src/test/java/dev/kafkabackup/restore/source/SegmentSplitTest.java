// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.select.RecordSelection;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class SegmentSplitTest {

    private static final TopicIdPartition OLD =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");
    private static final TopicIdPartition NEW =
            new TopicIdPartition(Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A"), 3, "orders");

    private final SegmentSplit split = new SegmentSplit(
            new TopicPartition("orders.restored", 3),
            RecordSelection.ALL,
            OnCorrupt.STOP,
            0,
            List.of(
                    new SourceOffsets(OLD, List.of(new OffsetRange(100, 150), new OffsetRange(160, 200)), 4_096),
                    new SourceOffsets(NEW, List.of(new OffsetRange(0, 7)), 2_048)));

    @Test
    void whatIsLeftAreThePlannedOffsetsThatWereNotPassed() {
        assertThat(split.offsetsLeft()).isEqualTo(97);
        assertThat(split.from(OLD, 120).offsetsLeft()).isEqualTo(77);
        assertThat(split.from(OLD, 155).offsetsLeft()).isEqualTo(47);
        assertThat(split.from(OLD, 200).offsetsLeft()).isEqualTo(7);
        assertThat(split.from(NEW, 5).offsetsLeft()).isEqualTo(2);
        assertThat(split.from(NEW, 7).offsetsLeft()).isZero();
    }
}
