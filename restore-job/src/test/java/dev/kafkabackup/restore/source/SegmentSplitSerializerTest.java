// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.SerializerContract;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.select.Condition;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class SegmentSplitSerializerTest {

    private static final TopicIdPartition OLD =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");
    private static final TopicIdPartition NEW =
            new TopicIdPartition(Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A"), 3, "orders");

    private static final SegmentSplit SPLIT = new SegmentSplit(
            new TopicPartition("orders.restored", 3),
            new RecordSelection(
                    TimeRange.from(1_700_000_000_000L),
                    List.of(new TimeRange(1_700_000_001_000L, 1_700_000_002_000L)),
                    Map.of(3, new OffsetRange(100, Long.MAX_VALUE)),
                    Map.of(3, List.of(new OffsetRange(110, 111), new OffsetRange(120, 130))),
                    List.of(Condition.parse("key!=a"), Condition.parse("header:source~web.*")),
                    "com.example.Filter"),
            OnCorrupt.SKIP,
            105,
            List.of(
                    new SourceOffsets(OLD, List.of(new OffsetRange(100, 150), new OffsetRange(160, 200)), 4_096),
                    new SourceOffsets(NEW, List.of(new OffsetRange(0, 7)), 2_048)));

    @Test
    void splitsKeepTheirLayout() throws IOException {
        SerializerContract.require(new SegmentSplitSerializer(), SPLIT, 1, "segment-split-v1.hex");
    }

    @Test
    void enumeratorStatesKeepTheirLayout() throws IOException {
        SerializerContract.require(
                new SegmentEnumeratorStateSerializer(),
                new SegmentEnumeratorState(true, List.of(SPLIT, SPLIT.from(NEW, 3))),
                1,
                "segment-enumerator-state-v1.hex");
    }
}
