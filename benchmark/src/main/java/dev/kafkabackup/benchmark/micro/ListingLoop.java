// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.micro;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionCoverage;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import dev.kafkabackup.restore.plan.RestorePlanner;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What runs over the listing of a whole backup, here a generated one of a million segments. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseParallelGC"})
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ListingLoop {

    private static final int SEGMENTS = 1_000_000;
    private static final int HOURS = 30 * 24;
    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    /** Over how many the segments are spread. */
    @Param({"1", "50", "1000"})
    public int partitions = 1;

    private ListedBackup backup = new ListedBackup(ORDERS, 0, 0);

    /** Nothing is listed yet. */
    @Setup
    public void setUp() {
        backup = new ListedBackup(ORDERS, partitions, SEGMENTS / partitions);
    }

    /** Plans a restore of everything. */
    @Benchmark
    public List<TopicPlan> plan() throws IOException {
        return new RestorePlanner(backup).plan(List.of(RestoreSelection.of("orders", "restored")));
    }

    /** Plans a restore of an hour out of thirty days, which is what the listing is taken for. */
    @Benchmark
    public List<TopicPlan> planOneHour() throws IOException {
        long hour = Math.max(1, ListedBackup.milliseconds(SEGMENTS / partitions) / HOURS);
        long from = ListedBackup.FIRST_TIMESTAMP + hour * HOURS / 2;
        return new RestorePlanner(backup)
                .plan(List.of(new RestoreSelection(
                        "orders",
                        "restored",
                        IncarnationChoice.NEWEST,
                        Set.of(),
                        RecordSelection.of(new TimeRange(from, from + hour)))));
    }

    /** Finds out where a starting backup goes on. */
    @Benchmark
    public long startUp() throws IOException {
        Catalog catalog = new Catalog(backup);
        long sum = 0;
        for (TopicIdPartition partition : backup.partitions()) {
            sum += PartitionCoverage.of(catalog.segments(partition)).covered().firstUncovered(0);
        }
        return sum;
    }
}
