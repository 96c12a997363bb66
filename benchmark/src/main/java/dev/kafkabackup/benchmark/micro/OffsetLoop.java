// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.micro;

import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What is done for each name of a listing, each partition that is opened, and each offset that is translated. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseParallelGC"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OffsetLoop {

    private static final int MANY = 10_000;
    private static final int RECORDS = 100;
    private static final TopicIdPartition SOURCE =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    private final OffsetMapStore mapStore =
            new OffsetMapStore(new ListedBackup(TopicIncarnation.of(SOURCE), 0, 0), "restores/measured");
    private final List<String> names = new ArrayList<>();
    private final List<OffsetRange> ranges = new ArrayList<>();
    private final List<OffsetMapRun> runs = new ArrayList<>();
    private final long[] wanted = new long[MANY];
    private OffsetMap map = OffsetMap.of(List.of());
    private Coverage coverage = Coverage.NONE;

    /** Ten thousand segments, and as many runs of an offset map. */
    @Setup
    public void setUp() {
        Random random = new Random(1);
        for (int i = 0; i < MANY; i++) {
            long start = (long) i * RECORDS;
            OffsetRange range = new OffsetRange(start, start + RECORDS);
            long timestamp = 1_760_000_000_000L + start;
            names.add(new SegmentName(range, 0, timestamp, timestamp + RECORDS, RECORDS, 50_000).fileName());
            ranges.add(range);
            // a hole of one offset in the source between two runs, as a transaction marker leaves
            runs.add(new OffsetMapRun(SOURCE, start, new TopicPartition("restored", 0), start - i, RECORDS - 1));
            wanted[i] = random.nextInt(MANY * RECORDS);
        }
        map = OffsetMap.of(runs);
        coverage = Coverage.of(ranges);
    }

    /** Ten thousand names of a listing. */
    @Benchmark
    public long parseNames() {
        long records = 0;
        for (String name : names) {
            Optional<SegmentName> parsed = SegmentName.parse(name);
            records += parsed.isPresent() ? parsed.get().records() : 0;
        }
        return records;
    }

    /** What ten thousand segments cover. */
    @Benchmark
    public Coverage cover() {
        return Coverage.of(ranges);
    }

    /** Ten thousand questions where reading goes on. */
    @Benchmark
    public long firstUncovered() {
        long sum = 0;
        for (long offset : wanted) {
            sum += coverage.firstUncovered(offset);
        }
        return sum;
    }

    /** An offset map of ten thousand runs. */
    @Benchmark
    public OffsetMap mapRuns() {
        return OffsetMap.of(runs);
    }

    /** The same, written to a storage that forgets. */
    @Benchmark
    public Set<String> writeMap() throws IOException {
        return mapStore.write(runs);
    }

    /** Ten thousand offsets, translated. */
    @Benchmark
    public long translate() {
        long sum = 0;
        for (long offset : wanted) {
            sum += map.translatePosition(SOURCE, offset)
                    .map(OffsetMap.Translation::offset)
                    .orElse(-1L);
        }
        return sum;
    }
}
