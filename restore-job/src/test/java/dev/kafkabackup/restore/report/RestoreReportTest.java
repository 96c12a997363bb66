// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.PlannedSource;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.topicconfig.ConfigDifference;
import dev.kafkabackup.restore.topicconfig.TargetConfiguration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class RestoreReportTest {

    private static final Uuid TOPIC_ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private static RestorePlan plan(boolean exact) {
        PlannedSource source = new PlannedSource(
                TOPIC_ID,
                List.of(new OffsetRange(0, 100), new OffsetRange(150, 200)),
                120,
                exact,
                3,
                4_000_000,
                1,
                2,
                List.of(new OffsetRange(100, 150)),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                7L);
        TopicPlan topic = new TopicPlan(
                "orders",
                List.of(TOPIC_ID),
                "orders-good",
                null,
                1,
                RecordSelection.ALL,
                List.of(new PartitionPlan(0, 5, List.of(source))),
                List.of());
        return new RestorePlan("x", START, "source", "target", OnCorrupt.STOP, List.of(topic));
    }

    private static RestoreReport report(boolean exact, long... lengths) {
        OffsetMap map = OffsetMap.of(List.of(run(10, 5, lengths[0]), run(160, 5 + lengths[0] + 1, lengths[1])));
        return RestoreReport.of(
                plan(exact),
                map,
                List.of(),
                List.of(
                        new RecordsWithoutTimestamp(0, TOPIC_ID, new OffsetRange(3, 9), 2, 1),
                        new RecordsWithoutTimestamp(0, TOPIC_ID, new OffsetRange(20, 30), 3, 0),
                        new RecordsWithoutTimestamp(1, TOPIC_ID, new OffsetRange(0, 30), 30, 30)),
                Map.of(
                        "orders-good",
                        new TargetConfiguration(true, List.of(new ConfigDifference("retention.ms", "-1", null)))),
                DeliveryReport.of(Delivery.EXACTLY_ONCE, 2, 0),
                START,
                START.plusSeconds(2));
    }

    private static OffsetMapRun run(long source, long target, long length) {
        return new OffsetMapRun(
                new TopicIdPartition(TOPIC_ID, 0, "orders"),
                source,
                new TopicPartition("orders-good", 0),
                target,
                length);
    }

    @Test
    void itSaysWhatWasRestoredHowFastAndWhatWasLeftOut() {
        RestoreReport report = report(false, 80, 30);

        assertThat(report.records()).isEqualTo(110);
        assertThat(report.bytesRead()).isEqualTo(4_000_000);
        assertThat(report.seconds()).isEqualTo(2);
        assertThat(report.megabytesReadPerSecond()).isEqualTo(2);
        assertThat(report.delivery()).isEqualTo(new DeliveryReport(Delivery.EXACTLY_ONCE, true, null));
        assertThat(report.topics().get(0).partitions())
                .containsExactly(new PartitionReport(
                        0, TOPIC_ID, 110, 10L, 189L, 5L, 115L, 10, List.of(new OffsetRange(100, 150)), 7 + 2 + 3, 1));
    }

    @Test
    void itsJsonCanBeReadAgain() {
        RestoreReport report = report(false, 80, 30);

        assertThat(Json.read("report.json", Json.write(report), RestoreReport.class))
                .isEqualTo(report);
    }

    @Test
    void aMapWithFewerOrMoreRecordsThanPlannedIsNoCompleteRestore() {
        assertThat(report(true, 90, 30).records()).isEqualTo(120);
        assertThatThrownBy(() -> report(true, 80, 30))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("has 110 records of")
                .hasMessageContaining("hold 120");
        assertThatThrownBy(() -> report(false, 91, 30))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("hold at most 120");
    }
}
