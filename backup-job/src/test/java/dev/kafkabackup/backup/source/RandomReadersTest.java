// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.maintenance.simulation.SimulatedStorage;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to a log (new leaders, unclean elections, retention, compaction), however many jobs read it at once,
 * stand still and go on hours later, and whenever maintenance merges and removes: a job that reads on to the end leaves
 * a backup of all that Kafka has, and nothing that was in the backup is lost or comes back changed.
 */
class RandomReadersTest {

    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");
    private static final Duration GRACE = Duration.ofHours(12);
    private static final int ROUNDS = 60;

    @Test
    void someHistories() throws IOException {
        histories(new RandomRecords(1), 3);
    }

    @Test
    @Tag("long")
    void manyHistories() throws IOException {
        histories(RandomRecords.small(), 300);
    }

    private void histories(RandomRecords records, int count) throws IOException {
        SplittableRandom random = new SplittableRandom(records.seed());
        for (int i = 0; i < count; i++) {
            History history = new History(records, random.split());
            try {
                history.live();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("History %d with seed %d:%n%s".formatted(i, records.seed(), history.story), e);
            }
        }
    }

    private static final class History {

        private final Simulation simulation = Simulation.inMemory();
        private final SimulatedLog log;
        private final RandomGenerator random;
        private final List<SimulatedJob> jobs = new ArrayList<>();
        private final StringBuilder story = new StringBuilder();

        /** What was in the backup and right, and is not expired. */
        private final NavigableMap<Long, ConsumerRecord<byte[], byte[]>> secured = new TreeMap<>();

        History(RandomRecords records, RandomGenerator random) {
            this.log = new SimulatedLog(PARTITION, records, random);
            this.random = random;
        }

        void live() throws IOException {
            for (int round = 0; round < ROUNDS; round++) {
                happen();
                work();
                simulation.clock().pass(Duration.ofMinutes(random.nextInt(1, 180)));
                simulation.logStartsAt(TopicIncarnation.of(PARTITION), log.startOffset());
                maintain(random.nextInt(3) == 0 ? random.nextLong(1, 200) : Long.MAX_VALUE);
                checkSecured();
                if (random.nextInt(4) == 0) {
                    readOn();
                }
            }
            readOn();
        }

        private void tell(String what) {
            story.append(what).append('\n');
        }

        private void happen() {
            int width = 1 + (int) (log.endOffset() - log.startOffset());
            switch (random.nextInt(10)) {
                case 0 -> {
                    log.elect();
                    tell("elected " + log.epoch());
                }
                case 1 -> {
                    long offset = log.endOffset() - random.nextInt(Math.min(width, 40));
                    long start = log.startOffset() - random.nextInt(5);
                    log.truncate(offset, Math.max(0, start));
                    secured.tailMap(offset, true).clear();
                    tell("truncated to %d, starts at %d, epoch %d".formatted(offset, log.startOffset(), log.epoch()));
                }
                case 2 -> {
                    if (random.nextInt(3) == 0) {
                        log.dropBelow(log.startOffset() + random.nextInt(width));
                        tell("starts at " + log.startOffset());
                    }
                }
                case 3 -> {
                    long from = log.startOffset() + random.nextInt(width);
                    long to = Math.min(from + random.nextInt(1, 60), log.endOffset() - 1);
                    if (from < to) {
                        log.compact(from, to);
                        tell("compacted %d to %d".formatted(from, to));
                    }
                }
                default -> {}
            }
            log.append(random.nextInt(1, 30));
            tell("appended up to " + log.endOffset());
        }

        /** Each job takes some steps, or none for a long time. */
        private void work() throws IOException {
            if (jobs.size() < 4 && random.nextInt(3) == 0) {
                jobs.add(new SimulatedJob(PARTITION, log, simulation.storage().another()));
                tell("new job " + jobs.get(jobs.size() - 1));
            }
            for (SimulatedJob job : jobs) {
                int steps = random.nextInt(3) == 0 ? 0 : random.nextInt(8);
                for (int i = 0; i < steps; i++) {
                    switch (random.nextInt(4)) {
                        case 0 -> job.seal();
                        case 1 -> job.publish();
                        default -> job.read(random.nextInt(2, 30));
                    }
                }
                tell("worked: " + job);
            }
            if (!jobs.isEmpty() && random.nextInt(6) == 0) {
                tell("killed: " + jobs.remove(random.nextInt(jobs.size())));
            }
        }

        private void maintain(long killAt) throws IOException {
            SimulatedStorage storage = simulation.storage().another();
            storage.killAt(killAt);
            try {
                assertThat(simulation
                                .maintenance(
                                        "a", storage, simulation.clock()::now, Simulation.config(GRACE, null), false)
                                .run()
                                .failures())
                        .isEmpty();
                tell("maintained: " + names());
            } catch (SimulatedStorage.Killed e) {
                tell("maintenance killed: " + names());
            }
        }

        private String names() throws IOException {
            return segments().segments().stream()
                    .map(segment -> "%s e%d %d"
                            .formatted(
                                    segment.name().range(),
                                    segment.name().leaderEpoch(),
                                    segment.name().records()))
                    .toList()
                    .toString();
        }

        private PartitionSegments segments() throws IOException {
            return new Catalog(simulation.storage()).segments(PARTITION);
        }

        private NavigableMap<Long, SegmentRecord> view() throws IOException {
            NavigableMap<Long, SegmentRecord> view = new TreeMap<>();
            try (PartitionRecords all = new PartitionRecords(
                    PARTITION,
                    segments().slices(),
                    name -> simulation.storage().read(BackupLayout.segment(PARTITION, name)),
                    0)) {
                while (all.hasNext()) {
                    SegmentRecord record = all.next();
                    view.put(record.offset(), record);
                }
            }
            return view;
        }

        /** A job of today reads everything, and then the backup is complete and right. */
        private void readOn() throws IOException {
            SimulatedJob job =
                    new SimulatedJob(PARTITION, log, simulation.storage().another());
            tell("reads on: " + job);
            job.finish();
            tell("read on: " + names());
            assertThat(segments().coverage().firstUncovered(log.startOffset()))
                    .as("the durable offset")
                    .isGreaterThanOrEqualTo(log.endOffset());
            NavigableMap<Long, SegmentRecord> view = view();
            log.kept()
                    .forEach((offset, record) -> assertThat(view.get(offset))
                            .as("record at offset %d", offset)
                            .isNotNull());
            // what was truncated and is below the log's start for every reader, nobody can know
            view.tailMap(log.highestStartOffset(), true).forEach((offset, record) -> {
                ConsumerRecord<byte[], byte[]> right = log.lineage().get(offset);
                assertThat(right).as("record of the log at offset %d", offset).isNotNull();
                assertSame(right, record);
                secured.put(offset, right);
            });
        }

        private void checkSecured() throws IOException {
            // what is not in Kafka any more may expire; for how long it stays is proven elsewhere
            secured.headMap(log.startOffset(), false).clear();
            secured.keySet().removeIf(offset -> !log.kept().containsKey(offset));
            NavigableMap<Long, SegmentRecord> view = view();
            for (Map.Entry<Long, ConsumerRecord<byte[], byte[]>> one : secured.entrySet()) {
                SegmentRecord record = view.get(one.getKey());
                assertThat(record)
                        .as("record at offset %d, which was in the backup", one.getKey())
                        .isNotNull();
                assertSame(one.getValue(), record);
            }
        }

        private static void assertSame(ConsumerRecord<byte[], byte[]> right, SegmentRecord record) {
            assertThat(record.timestamp())
                    .as("timestamp at offset %d", record.offset())
                    .isEqualTo(right.timestamp());
            assertThat(Arrays.equals(record.key(), right.key()) && Arrays.equals(record.value(), right.value()))
                    .as("content at offset %d", record.offset())
                    .isTrue();
        }
    }
}
