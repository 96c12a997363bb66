// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.PlannedSource;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** What the broker of the integration tests cannot show: configs that only others have, and exact borders. */
class TopicConfigChecksTest {

    private static final Uuid ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();

    /** A plan whose segments have timestamps between these. */
    private static TopicPlan topic(RecordSelection selection, long minTimestamp, long maxTimestamp) {
        PlannedSource source = new PlannedSource(
                ID,
                List.of(new OffsetRange(0, 10)),
                10,
                true,
                1,
                1_000,
                minTimestamp,
                maxTimestamp,
                List.of(),
                List.of(),
                List.of(),
                null,
                null,
                null);
        return new TopicPlan(
                "orders",
                List.of(ID),
                "target",
                null,
                1,
                selection,
                List.of(new PartitionPlan(0, 0, List.of(source))),
                List.of());
    }

    private static List<Finding> check(TopicPlan topic, Map<String, String> configs) {
        return TopicConfigChecks.of(topic, configs, Map.of(), NOW);
    }

    private static TopicPlan ofAges(long oldestMs, long newestMs) {
        return topic(RecordSelection.ALL, NOW.toEpochMilli() - oldestMs, NOW.toEpochMilli() - newestMs);
    }

    @Test
    void anOlderBrokerHasOneLimitForBothDirections() {
        Map<String, String> limit = Map.of("message.timestamp.difference.max.ms", Long.toString(HOUR_MS));

        assertThat(check(ofAges(HOUR_MS, -HOUR_MS), limit)).isEmpty();
        assertThat(check(ofAges(HOUR_MS + 1, 0), limit)).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(Check.TIMESTAMPS);
            assertThat(finding.what())
                    .startsWith("Topic target has message.timestamp.difference.max.ms=3600000, so that it accepts");
        });
        assertThat(check(ofAges(0, -HOUR_MS - 1), limit))
                .extracting(Finding::check)
                .containsExactly(Check.TIMESTAMPS);
    }

    @Test
    void whereThereAreSeveralLimitsTheNarrowerOneCounts() {
        Map<String, String> limits = Map.of(
                "message.timestamp.before.max.ms", Long.toString(2 * HOUR_MS),
                "message.timestamp.difference.max.ms", Long.toString(HOUR_MS));

        assertThat(check(ofAges(HOUR_MS + 1, 0), limits))
                .singleElement()
                .satisfies(finding -> assertThat(finding.what()).contains("message.timestamp.difference.max.ms"));
    }

    @Test
    void onlySelectedTimestampsCount() {
        Map<String, String> configs = Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(HOUR_MS));
        long now = NOW.toEpochMilli();

        assertThat(check(ofAges(HOUR_MS + 1, 0), configs))
                .extracting(Finding::check)
                .containsExactly(Check.RETENTION);
        assertThat(check(topic(RecordSelection.of(TimeRange.from(now - HOUR_MS)), now - 10 * HOUR_MS, now), configs))
                .isEmpty();
    }

    @Test
    void aTopicThatDeletesNothingNeedsNoRetention() {
        assertThat(check(
                        ofAges(1_000 * HOUR_MS, 0),
                        Map.of("cleanup.policy", "compact", "retention.ms", "1", "retention.bytes", "1")))
                .extracting(Finding::check)
                .containsExactly(Check.COMPACTION);
        assertThat(check(
                        ofAges(1_000 * HOUR_MS, 0),
                        Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1")))
                .isEmpty();
    }

    @Test
    void aRecordWithoutATimestampIsProducedWithZero() {
        assertThat(check(
                        topic(RecordSelection.ALL, -1, -1),
                        Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(HOUR_MS))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.what()).contains("may be of 1970-01-01T00:00:00Z"));
    }
}
