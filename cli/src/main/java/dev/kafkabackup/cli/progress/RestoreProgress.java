// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.progress;

import dev.kafkabackup.cli.flink.Counters;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.sink.RestoreMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shows how far a restore has come, for each target and in total, from the counters of its job. After a failure of the
 * job it may be ahead of the truth for a while: what is produced again is counted again.
 */
public final class RestoreProgress {

    /** More would fill the screen. */
    private static final int TARGETS_SHOWN = 10;

    private static final String TOTAL = "total";

    private final Map<String, Long> recordsAtMost = new LinkedHashMap<>();
    private final Map<String, Long> before;
    private final Counters counters;
    private final Map<String, Pace> paces = new LinkedHashMap<>();
    private final Screen screen;

    RestoreProgress(RestorePlan plan, Map<String, Long> before, Counters counters, Screen screen) {
        for (TopicPlan topic : plan.topics()) {
            recordsAtMost.put(
                    topic.target(),
                    topic.partitions().stream()
                            .mapToLong(PartitionPlan::recordsAtMost)
                            .sum());
        }
        this.before = Map.copyOf(before);
        this.counters = counters;
        this.screen = screen;
    }

    /**
     * Starts to show.
     *
     * @param before number of records that earlier attempts have produced, for each target
     * @param counters of the Flink that the job runs in; without them nothing is shown
     */
    public static Shown show(RestorePlan plan, Map<String, Long> before, Optional<Counters> counters, Screen screen) {
        Optional<RestoreProgress> progress = counters.map(known -> new RestoreProgress(plan, before, known, screen));
        return Shown.on(
                screen,
                () -> progress.map(known -> known.lines(System.nanoTime())).orElse(List.of()));
    }

    /** The present state, a line for each target that is not complete, if there are not too many, and the total. */
    List<String> lines(long nanos) {
        List<ProgressLine> lines = new ArrayList<>();
        long records = 0;
        long bytes = 0;
        long atMost = 0;
        for (Map.Entry<String, Long> target : recordsAtMost.entrySet()) {
            String name = target.getKey();
            long produced =
                    before.getOrDefault(name, 0L) + counters.sum(RestoreMetrics.TOPIC, name, RestoreMetrics.RECORDS);
            long producedBytes = counters.sum(RestoreMetrics.TOPIC, name, RestoreMetrics.BYTES);
            lines.add(line(name, produced, target.getValue(), producedBytes, nanos));
            records += produced;
            bytes += producedBytes;
            atMost += target.getValue();
        }
        ProgressLine total = line(TOTAL, records, atMost, bytes, nanos);
        if (lines.size() == 1) {
            return texts(lines);
        }
        List<ProgressLine> shown = new ArrayList<>(lines.stream()
                .filter(line -> !line.isComplete())
                .limit(TARGETS_SHOWN)
                .toList());
        shown.add(total);
        return texts(shown);
    }

    private ProgressLine line(String name, long records, long atMost, long bytes, long nanos) {
        Pace pace = paces.computeIfAbsent(name, any -> new Pace());
        pace.add(nanos, records, bytes);
        return new ProgressLine(name, records, atMost, pace.recordsPerSecond(), pace.bytesPerSecond());
    }

    private List<String> texts(List<ProgressLine> lines) {
        int width = lines.stream().mapToInt(line -> line.name().length()).max().orElse(0);
        return lines.stream()
                .map(line -> screen.bar(line.percent() / 100.0) + line.text(width))
                .toList();
    }
}
