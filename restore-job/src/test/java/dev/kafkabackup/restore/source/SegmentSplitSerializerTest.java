// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.SerializerContract;
import dev.kafkabackup.restore.plan.TimeRange;
import dev.kafkabackup.segment.SegmentName;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class SegmentSplitSerializerTest {

    private static final SegmentSplit SPLIT = new SegmentSplit(
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders"),
            "orders.restored",
            TimeRange.from(1_700_000_000_000L),
            105,
            List.of(
                    new SegmentSlice(
                            new SegmentName(
                                    new OffsetRange(100, 200), 7, 1_700_000_000_000L, 1_700_000_000_999L, 90, 4_096),
                            new OffsetRange(100, 150)),
                    new SegmentSlice(
                            new SegmentName(new OffsetRange(150, 300), -1, -1, -1, 10, 2_048),
                            new OffsetRange(150, 300))));

    @Test
    void splitsKeepTheirLayout() throws IOException {
        SerializerContract.require(new SegmentSplitSerializer(), SPLIT, 1, "segment-split-v1.hex");
    }

    @Test
    void enumeratorStatesKeepTheirLayout() throws IOException {
        SerializerContract.require(
                new SegmentEnumeratorStateSerializer(),
                new SegmentEnumeratorState(true, List.of(SPLIT, SPLIT.from(200))),
                1,
                "segment-enumerator-state-v1.hex");
    }
}
