// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts what a subtask produces, for each target: {@code recordsProduced}, {@code bytesProduced} (keys, values and
 * headers, before compression) and {@code bytesProducedPerSecond}, in a group {@code topic.<target>}. After a failure
 * what is produced again is counted again.
 *
 * <p>Not thread safe; used from the task thread.
 */
public final class RestoreMetrics {

    /** Key of the metric group that each target has. */
    public static final String TOPIC = "topic";

    /** Number of records. */
    public static final String RECORDS = "recordsProduced";

    /** Their keys, values and headers, in bytes. */
    public static final String BYTES = "bytesProduced";

    private final MetricGroup group;
    private final Map<String, Target> targets = new HashMap<>();

    RestoreMetrics(MetricGroup group) {
        this.group = group;
    }

    void produced(String topic, long bytes) {
        Target target = targets.computeIfAbsent(topic, name -> Target.of(group.addGroup(TOPIC, name)));
        target.records().inc();
        target.bytes().inc(bytes);
    }

    private record Target(Counter records, Counter bytes) {

        static Target of(MetricGroup group) {
            Counter bytes = group.counter(BYTES);
            group.meter(BYTES + "PerSecond", new MeterView(bytes));
            return new Target(group.counter(RECORDS), bytes);
        }
    }
}
