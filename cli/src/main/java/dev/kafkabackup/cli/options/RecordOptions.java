// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.select.Condition;
import dev.kafkabackup.restore.select.RecordPredicate;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which records of the selected topics are to be restored. */
final class RecordOptions {

    @Option(
            names = "--partitions",
            paramLabel = "LIST",
            description = "Only these partitions, for example 0,2-5. Default: all.")
    private @Nullable PartitionList partitions;

    @Option(
            names = "--from",
            paramLabel = "T",
            description = "Only records with this timestamp or a later one: ISO-8601 instant or epoch ms.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "T", description = "Only records with a timestamp before this one.")
    private @Nullable Instant to;

    @Option(
            names = "--from-offset",
            paramLabel = "P:N",
            description = "Of partition P only offset N and those behind it. May be repeated, once per partition.")
    private List<PartitionOffset> fromOffsets = List.of();

    @Option(
            names = "--to-offset",
            paramLabel = "P:N",
            description = "Of partition P only what lies before offset N. May be repeated, once per partition.")
    private List<PartitionOffset> toOffsets = List.of();

    @Option(
            names = "--skip",
            paramLabel = "T1/T2|P:N-M",
            description =
                    "Leave out the wrong data: timestamps from T1 until before T2, or offsets N to M of partition P. May be repeated.")
    private List<Skip> skips = List.of();

    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description = {
                "Only records that meet it: key=TEXT, key~REGEX, header:NAME=TEXT, header:NAME~REGEX, != and !~ for the opposite; as UTF-8, a regex matches the whole value.",
                "May be repeated: all have to be met."
            })
    private List<Condition> where = List.of();

    @Option(
            names = "--filter-class",
            paramLabel = "CLASS",
            description =
                    "Only records that this class wants, which implements dev.kafkabackup.restore.select.RecordFilter.")
    private @Nullable String filterClass;

    /**
     * Checks that the user's filter can be used, if there is one.
     *
     * @throws UsageException if it cannot be found or made
     */
    void requireFilter() {
        if (filterClass != null) {
            RecordPredicate.filter(filterClass, RecordPredicate.contextClassLoader());
        }
    }

    /** Numbers of the wanted partitions; empty for all. */
    Set<Integer> partitions() {
        return partitions == null ? Set.of() : partitions.numbers();
    }

    /**
     * What the options select of each topic.
     *
     * @throws UsageException if options contradict each other
     */
    RecordSelection selection() {
        return new RecordSelection(timeRange(), skippedTimes(), offsets(), skippedOffsets(), where, filterClass);
    }

    private TimeRange timeRange() {
        if (from == null && to == null) {
            return TimeRange.UNBOUNDED;
        }
        long fromMs = from == null ? 0 : from.toEpochMilli();
        long toMs = to == null ? Long.MAX_VALUE : to.toEpochMilli();
        if (fromMs < 0 || toMs <= fromMs) {
            throw new UsageException("--from must be before --to and not before 1970, but they are %s and %s"
                    .formatted(from == null ? "the beginning" : from, to == null ? "the end" : to));
        }
        return new TimeRange(fromMs, toMs);
    }

    private List<TimeRange> skippedTimes() {
        List<TimeRange> times = new ArrayList<>();
        for (Skip skip : skips) {
            if (skip instanceof Skip.Times skipped) {
                times.add(skipped.range());
            }
        }
        return times;
    }

    private Map<Integer, List<OffsetRange>> skippedOffsets() {
        Map<Integer, List<OffsetRange>> offsets = new TreeMap<>();
        for (Skip skip : skips) {
            if (skip instanceof Skip.Offsets skipped) {
                offsets.computeIfAbsent(skipped.partition(), any -> new ArrayList<>())
                        .add(skipped.range());
            }
        }
        return offsets;
    }

    private Map<Integer, OffsetRange> offsets() {
        Map<Integer, Long> starts = byPartition("--from-offset", fromOffsets);
        Map<Integer, Long> ends = byPartition("--to-offset", toOffsets);
        Map<Integer, OffsetRange> offsets = new TreeMap<>();
        starts.forEach((partition, start) ->
                offsets.put(partition, range(partition, start, ends.getOrDefault(partition, Long.MAX_VALUE))));
        ends.forEach((partition, end) -> offsets.computeIfAbsent(partition, alone -> range(alone, 0, end)));
        return offsets;
    }

    private static OffsetRange range(int partition, long start, long end) {
        if (end <= start) {
            throw new UsageException("--from-offset and --to-offset leave nothing of partition %d: %d is not before %d"
                    .formatted(partition, start, end));
        }
        return new OffsetRange(start, end);
    }

    private static Map<Integer, Long> byPartition(String option, List<PartitionOffset> given) {
        Map<Integer, Long> offsets = new TreeMap<>();
        for (PartitionOffset one : given) {
            if (offsets.put(one.partition(), one.offset()) != null) {
                throw new UsageException(option + " names partition " + one.partition() + " twice");
            }
        }
        return offsets;
    }
}
