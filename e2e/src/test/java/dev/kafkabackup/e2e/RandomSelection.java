// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import org.apache.kafka.common.TopicIdPartition;

/**
 * Options of a restore as a user might write them, and what they mean for a record that was produced.
 *
 * @param options for the command line
 * @param meaning conditions on partition and record, which must all be met
 */
record RandomSelection(List<String> options, List<BiPredicate<Integer, ProducedRecord>> meaning) {

    /** Conditions on the keys that {@link dev.kafkabackup.testing.RandomRecords} makes. */
    private static final String SOME_KEYS = "key-[1-5].*";

    /** One that selects a good part of the records, but not all. */
    static RandomSelection of(SplittableRandom random, ProducedLog produced, TopicIdPartition... large) {
        long all = produced.recordCount();
        while (true) {
            RandomSelection selection = new RandomSelection(new ArrayList<>(), new ArrayList<>());
            selection.addTimes(random, produced, large[0]);
            for (TopicIdPartition partition : large) {
                selection.addOffsets(random, produced, partition);
            }
            selection.addKeysAndPartitions(random, large.length);
            long wanted = selection.wantedOf(produced).recordCount();
            if (wanted > all / 10 && wanted < all) {
                return selection;
            }
        }
    }

    ProducedLog wantedOf(ProducedLog produced) {
        return produced.select(
                (partition, record) -> meaning.stream().allMatch(part -> part.test(partition.partition(), record)));
    }

    private void add(BiPredicate<Integer, ProducedRecord> part, String... written) {
        options.addAll(List.of(written));
        meaning.add(part);
    }

    private void addTimes(SplittableRandom random, ProducedLog produced, TopicIdPartition partition) {
        if (random.nextInt(2) == 0) {
            long from = timestamp(random, produced, partition);
            add((number, record) -> record.timestamp() >= from, "--from", Long.toString(from));
        }
        if (random.nextInt(3) == 0) {
            long to = 1 + timestamp(random, produced, partition);
            add((number, record) -> record.timestamp() >= 0 && record.timestamp() < to, "--to", Long.toString(to));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            long start = timestamp(random, produced, partition);
            long end = start + 1 + random.nextInt(60_000);
            add(
                    (number, record) -> record.timestamp() < start || record.timestamp() >= end,
                    "--skip",
                    start + "/" + end);
        }
    }

    private static long timestamp(SplittableRandom random, ProducedLog produced, TopicIdPartition partition) {
        ProducedRecord record = produced.records(partition)
                .ceilingEntry(offset(random, produced, partition))
                .getValue();
        return Math.max(0, record.timestamp());
    }

    private static long offset(SplittableRandom random, ProducedLog produced, TopicIdPartition partition) {
        return random.nextLong(produced.records(partition).lastKey());
    }

    private void addOffsets(SplittableRandom random, ProducedLog produced, TopicIdPartition partition) {
        int wanted = partition.partition();
        long from = 0;
        if (random.nextInt(3) == 0) {
            long start = offset(random, produced, partition);
            from = start;
            add(
                    (number, record) -> number != wanted || record.offset() >= start,
                    "--from-offset",
                    wanted + ":" + start);
        }
        if (random.nextInt(3) == 0) {
            long to = from + 1 + offset(random, produced, partition);
            add((number, record) -> number != wanted || record.offset() < to, "--to-offset", wanted + ":" + to);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            long first = offset(random, produced, partition);
            long last = first + random.nextInt(3_000);
            add(
                    (number, record) -> number != wanted || record.offset() < first || record.offset() > last,
                    "--skip",
                    wanted + ":" + first + "-" + last);
        }
    }

    private void addKeysAndPartitions(SplittableRandom random, int partitions) {
        if (random.nextInt(4) == 0) {
            add(
                    (number, record) ->
                            record.key() != null && new String(record.key(), StandardCharsets.UTF_8).matches(SOME_KEYS),
                    "--where",
                    "key~" + SOME_KEYS);
        }
        if (random.nextInt(4) == 0) {
            int only = random.nextInt(partitions);
            add((number, record) -> number == only, "--partitions", Integer.toString(only));
        }
    }

    @Override
    public String toString() {
        return String.join(" ", options);
    }
}
