// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.TimeRange;
import dev.kafkabackup.segment.SegmentName;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class SplitAssignmentTest {

    private static final Uuid TOPIC_ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    private static SegmentSplit split(int partition, long bytes) {
        OffsetRange range = new OffsetRange(0, 10);
        return new SegmentSplit(
                new TopicIdPartition(TOPIC_ID, partition, "orders"),
                "orders",
                TimeRange.UNBOUNDED,
                0,
                List.of(new SegmentSlice(new SegmentName(range, 0, 1, 2, 10, bytes), range)));
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
    void aSplitForgetsSegmentsThatWereEmitted() {
        assertThat(split(0, 1).from(9).slices()).hasSize(1);
        assertThat(split(0, 1).from(10).slices()).isEmpty();
    }
}
