// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.PlannedSource;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.sink.RestoreMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class RestoreProgressTest {

    private static final Uuid ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    private final Map<String, Long> records = new HashMap<>();
    private final Map<String, Long> bytes = new HashMap<>();

    private long counted(String group, String target, String name) {
        assertThat(group).isEqualTo(RestoreMetrics.TOPIC);
        return (name.equals(RestoreMetrics.RECORDS) ? records : bytes).getOrDefault(target, 0L);
    }

    private static TopicPlan topic(String target, long recordsAtMost) {
        PlannedSource source = new PlannedSource(
                ID,
                List.of(new OffsetRange(0, recordsAtMost)),
                recordsAtMost,
                true,
                1,
                100,
                0,
                0,
                List.of(),
                List.of(),
                List.of(),
                null,
                null,
                null);
        return new TopicPlan(
                "orders",
                List.of(ID),
                target,
                null,
                1,
                RecordSelection.ALL,
                List.of(new PartitionPlan(0, 0, List.of(source))),
                List.of());
    }

    private RestoreProgress progress(Map<String, Long> before, TopicPlan... topics) {
        RestorePlan plan = new RestorePlan("id", Instant.EPOCH, "source", "target", OnCorrupt.STOP, List.of(topics));
        return new RestoreProgress(plan, before, this::counted, new WithoutBars());
    }

    private static long seconds(int seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void eachTargetThatIsNotCompleteHasALineAndSoHasTheTotal() {
        RestoreProgress progress = progress(Map.of("a", 100L), topic("a", 1_000), topic("b", 500));
        assertThat(progress.lines(0)).hasSize(3);
        records.putAll(Map.of("a", 400L, "b", 500L));
        bytes.putAll(Map.of("a", 4_000_000L, "b", 1_000_000L));

        assertThat(progress.lines(seconds(10)))
                .as("what an earlier attempt has produced counts, but is no part of the pace")
                .containsExactly(
                        "a                  500 records       0.4 MB/s   50 %  13 s to go",
                        "total            1,000 records       0.5 MB/s   66 %  6 s to go");
    }

    @Test
    void aSingleTargetIsTheTotal() {
        RestoreProgress progress = progress(Map.of(), topic("a", 10));
        records.put("a", 10L);

        assertThat(progress.lines(0)).containsExactly("a               10 records       0.0 MB/s  100 %");
    }

    @Test
    void manyTargetsDoNotFillTheScreen() {
        RestoreProgress progress = progress(
                Map.of(),
                IntStream.range(0, 100).mapToObj(i -> topic("t" + i, 10)).toArray(TopicPlan[]::new));

        assertThat(progress.lines(0)).hasSize(11).last().asString().startsWith("total");
    }

    private static final class WithoutBars implements Screen {

        @Override
        public Duration interval() {
            return Duration.ZERO;
        }

        @Override
        public String bar(double part) {
            return "";
        }

        @Override
        public void show(List<String> lines) {
            throw new UnsupportedOperationException();
        }
    }
}
