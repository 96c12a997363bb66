// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.select.Condition;
import dev.kafkabackup.restore.select.RecordFilter;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.segment.SegmentRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.header.Header;

/**
 * A selection as a user might make one, and what it means, written down a second time.
 *
 * @param partitions empty for all
 * @param records the selection
 * @param meaning whether a record of a partition is wanted, apart from {@code partitions}
 */
record RandomSelection(
        Set<Integer> partitions, RecordSelection records, List<BiPredicate<Integer, SegmentRecord>> meaning) {

    /** Timestamps in the tests are below this. */
    static final int TIMES = 200;

    private static final int OFFSETS = 600;
    private static final List<String> TEXTS = List.of("", "a", "ab", "b");

    static byte[] text(SplittableRandom random) {
        return TEXTS.get(random.nextInt(TEXTS.size())).getBytes(StandardCharsets.UTF_8);
    }

    static RandomSelection everything() {
        return new RandomSelection(Set.of(), RecordSelection.ALL, List.of());
    }

    boolean wants(int partition, SegmentRecord record) {
        return (partitions.isEmpty() || partitions.contains(partition))
                && meaning.stream().allMatch(part -> part.test(partition, record));
    }

    /**
     * @param partitionCount partitions that may be named
     * @param offsets whether offsets may be selected
     * @param number of the selection; makes sure that each kind comes
     */
    static RandomSelection of(SplittableRandom random, int partitionCount, boolean offsets, int number) {
        List<BiPredicate<Integer, SegmentRecord>> meaning = new ArrayList<>();
        TimeRange time = TimeRange.UNBOUNDED;
        if (number % 2 == 0 || random.nextInt(3) == 0) {
            // also ranges in which there is nothing
            TimeRange wanted = random.nextInt(8) == 0 ? new TimeRange(TIMES, TIMES + 10) : times(random, TIMES);
            time = wanted;
            meaning.add(
                    (partition, record) -> record.timestamp() >= wanted.fromMs() && record.timestamp() < wanted.toMs());
        }
        List<TimeRange> skippedTimes = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            TimeRange skipped = times(random, TIMES / 4);
            skippedTimes.add(skipped);
            meaning.add((partition, record) ->
                    record.timestamp() < skipped.fromMs() || record.timestamp() >= skipped.toMs());
        }
        Map<Integer, OffsetRange> wantedOffsets = new TreeMap<>();
        Map<Integer, List<OffsetRange>> skippedOffsets = new TreeMap<>();
        if (offsets) {
            for (int partition = 0; partition < partitionCount; partition++) {
                addOffsets(partition, random, wantedOffsets, skippedOffsets, meaning);
            }
        }
        List<Condition> where = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            where.add(Condition.parse("key!=a"));
            meaning.add((partition, record) -> !Arrays.equals(record.key(), new byte[] {'a'}));
        }
        if (random.nextInt(4) == 0) {
            where.add(Condition.parse("header:source~.?b"));
            meaning.add((partition, record) -> {
                for (Header header : record.headers()) {
                    String value = new String(header.value(), StandardCharsets.UTF_8);
                    if (value.equals("b") || value.equals("ab")) {
                        return true;
                    }
                }
                return false;
            });
        }
        boolean filtered = random.nextInt(4) == 0;
        if (filtered) {
            meaning.add((partition, record) -> record.offset() % 3 != 0);
        }
        Set<Integer> partitions = new TreeSet<>();
        if (random.nextInt(4) == 0) {
            partitions.add(random.nextInt(partitionCount));
        }
        return new RandomSelection(
                partitions,
                new RecordSelection(
                        time,
                        skippedTimes,
                        wantedOffsets,
                        skippedOffsets,
                        where,
                        filtered ? NoThirdOffset.class.getName() : null),
                meaning);
    }

    private static void addOffsets(
            int named,
            SplittableRandom random,
            Map<Integer, OffsetRange> wanted,
            Map<Integer, List<OffsetRange>> skipped,
            List<BiPredicate<Integer, SegmentRecord>> meaning) {
        if (random.nextInt(3) == 0) {
            long start = random.nextInt(OFFSETS);
            long end = random.nextBoolean() ? Long.MAX_VALUE : start + 1 + random.nextInt(OFFSETS);
            wanted.put(named, new OffsetRange(start, end));
            meaning.add(
                    (partition, record) -> partition != named || (record.offset() >= start && record.offset() < end));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            long start = random.nextInt(OFFSETS);
            long end = start + 1 + random.nextInt(OFFSETS / 6);
            skipped.computeIfAbsent(named, any -> new ArrayList<>()).add(new OffsetRange(start, end));
            meaning.add((partition, record) -> partition != named || record.offset() < start || record.offset() >= end);
        }
    }

    private static TimeRange times(SplittableRandom random, int longest) {
        int from = random.nextInt(TIMES);
        return new TimeRange(from, from + 1 + random.nextInt(longest));
    }

    @Override
    public String toString() {
        return "partitions " + (partitions.isEmpty() ? "all" : partitions) + ", " + records;
    }

    /** A filter as a user might write one. */
    public static final class NoThirdOffset implements RecordFilter {

        @Override
        public boolean wants(TopicIdPartition source, SegmentRecord record) {
            return record.offset() % 3 != 0;
        }
    }
}
