// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.select.RecordSelection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class SplitAssignmentTest {

    private static final Uuid TOPIC_ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    private static SegmentSplit split(int partition, long bytes) {
        return new SegmentSplit(
                new TopicPartition("restored", partition),
                RecordSelection.ALL,
                OnCorrupt.STOP,
                0,
                List.of(new SourceOffsets(
                        new TopicIdPartition(TOPIC_ID, partition, "orders"), List.of(new OffsetRange(0, 10)), bytes)));
    }

    @Test
    void theLargestGoesFirstAndAlwaysToWhoHasLeast() {
        Map<Integer, List<SegmentSplit>> assignment =
                SplitAssignment.byBytes(List.of(split(0, 40), split(1, 100), split(2, 60), split(3, 30)), 2);

        assertThat(assignment)
                .containsOnly(
                        Map.entry(0, List.of(split(1, 100), split(3, 30))),
                        Map.entry(1, List.of(split(2, 60), split(0, 40))));
    }

    @Test
    void subtasksWithoutASplitAreMissing() {
        assertThat(SplitAssignment.byBytes(List.of(split(0, 1)), 3)).containsOnlyKeys(0);
    }

    @Test
    void aSplitForgetsSourcesThatWereEmitted() {
        SourceOffsets first = split(0, 1).sources().get(0);
        SourceOffsets second = new SourceOffsets(
                new TopicIdPartition(Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A"), 0, "orders"),
                List.of(new OffsetRange(0, 10)),
                1);
        SegmentSplit both = new SegmentSplit(
                new TopicPartition("restored", 0), RecordSelection.ALL, OnCorrupt.STOP, 0, List.of(first, second));

        assertThat(both.from(first.partition(), 9).sources()).containsExactly(first, second);
        assertThat(both.from(second.partition(), 9).sources()).containsExactly(second);
    }
}
