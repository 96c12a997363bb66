// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.SimulatedStorage;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.RandomRecords;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever happened to a partition (gaps, told and untold ones, new leaders, truncated logs, offsets that two have
 * read, some of them after Kafka compacted its log, some with a gap where others have records), and whenever
 * maintenance is killed: the same records are read back, before and after.
 */
class RandomHistoryTest {

    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");
    private static final MaintenanceConfig CONFIG = Simulation.config(null, null);
    private static final int ROUNDS = 40;

    /** More segments than that are merged whatever their sizes are. */
    private static final int MOST_WAITING = 120;

    @Test
    void someHistories() throws IOException {
        histories(2);
    }

    @Test
    @Tag("long")
    void manyHistories() throws IOException {
        histories(300);
    }

    private void histories(int count) throws IOException {
        RandomRecords records = RandomRecords.small();
        SplittableRandom random = new SplittableRandom(records.seed());
        for (int i = 0; i < count; i++) {
            new History(records, random.split()).live();
        }
    }

    private static final class History {

        private final Simulation simulation = Simulation.inMemory();
        private final SimulatedBackup backup;
        private final RandomGenerator random;
        private final List<OffsetRange> gaps = new ArrayList<>();
        private int epoch;
        private long epochStart;

        History(RandomRecords records, RandomGenerator random) {
            this.backup = new SimulatedBackup(PARTITION, simulation.storage().another(), records);
            this.random = random;
        }

        void live() throws IOException {
            for (int round = 0; round < ROUNDS; round++) {
                happen();
                simulation.clock().pass(Duration.ofMinutes(random.nextInt(1, 90)));
                maintain(random.nextInt(3) == 0 ? random.nextLong(1, 300) : Long.MAX_VALUE);
                check();
            }
            for (int hour = 0; hour < 6; hour++) {
                simulation.clock().pass(Duration.ofHours(1));
                maintain(Long.MAX_VALUE);
            }
            check();
            for (OffsetRange gap : backup.gaps()) {
                assertThat(gapStart(gap.endOffset())).as("%s is explained", gap).isEqualTo(gap.startOffset());
            }
            assertMerged(backup.listed(simulation.storage()));
        }

        private void happen() throws IOException {
            switch (random.nextInt(8)) {
                case 0 -> skip();
                case 1 -> truncate();
                case 2 -> elect();
                case 3, 4 -> readTwice();
                default -> {}
            }
            int segments = random.nextInt(1, 12);
            for (int i = 0; i < segments; i++) {
                backup.publish(random.nextInt(1, 6), epoch);
            }
        }

        private void skip() {
            long start = backup.endOffset();
            if (start > 0) { // before the first segment nothing is missing
                if (random.nextBoolean()) {
                    backup.gap(random.nextInt(1, 10));
                } else {
                    backup.skip(random.nextInt(1, 10));
                }
                gaps.add(new OffsetRange(start, backup.endOffset()));
            }
        }

        private void elect() {
            epoch += random.nextInt(1, 3);
            epochStart = backup.endOffset();
        }

        private void truncate() {
            long offset = Math.max(0, backup.endOffset() - random.nextInt(1, 40));
            backup.truncate(offset);
            elect();
            gaps.removeIf(gap -> gap.startOffset() >= offset);
            gaps.replaceAll(gap -> gap.endOffset() > offset ? new OffsetRange(gap.startOffset(), offset) : gap);
        }

        private void readTwice() throws IOException {
            long start = Math.max(epochStart, endOfLastGap());
            if (start < backup.endOffset()) {
                long from = random.nextLong(start, backup.endOffset());
                long to = random.nextLong(from, backup.endOffset()) + 1;
                boolean all = random.nextBoolean();
                Predicate<SegmentRecord> has = record -> all || record.offset() % 3 != 0;
                if (from > start && random.nextBoolean()) {
                    backup.publishAgainLate(random.nextLong(start, from), from, to, epoch, has);
                } else {
                    backup.publishAgain(from, to, epoch, has);
                }
            }
        }

        private long endOfLastGap() {
            return gaps.stream().mapToLong(OffsetRange::endOffset).max().orElse(0);
        }

        private void maintain(long killAt) throws IOException {
            SimulatedStorage storage = simulation.storage().another();
            storage.killAt(killAt);
            try {
                assertThat(simulation
                                .maintenance("a", storage, simulation.clock()::now, CONFIG, false)
                                .run()
                                .failures())
                        .isEmpty();
            } catch (SimulatedStorage.Killed e) {
                // the next one finds out what is left to do
            }
        }

        /** What the segments that begin there say of the gap before them. */
        private @Nullable Long gapStart(long start) throws IOException {
            Long gapStart = null;
            for (SegmentSlice slice : backup.listed(simulation.storage()).slices()) {
                SegmentName name = slice.name();
                if (name.range().startOffset() == start) {
                    Long told = SegmentFooter.read(
                                    simulation.storage(), BackupLayout.segment(PARTITION, name), name.sizeBytes())
                            .metadata()
                            .gapStartOffset();
                    gapStart = gapStart == null ? told : gapStart;
                }
            }
            return gapStart;
        }

        /** What lies between gaps becomes one, and of the rest no more waits than the planner lets wait. */
        private void assertMerged(PartitionSegments left) {
            Set<SegmentName> counting =
                    left.slices().stream().map(SegmentSlice::name).collect(Collectors.toSet());
            assertThat(counting)
                    .as("of %d segments that count, with %d gaps", counting.size(), gaps.size())
                    .hasSizeLessThanOrEqualTo(MOST_WAITING + gaps.size());
            assertThat(left.segments())
                    .extracting(Segment::name)
                    .filteredOn(name -> !counting.contains(name))
                    .as("what was overruled stays where nothing newer covers it")
                    .allMatch(
                            name -> left.coverage().firstUncovered(name.range().startOffset())
                                    < name.range().endOffset());
        }

        private void check() throws IOException {
            backup.assertReadsAll(simulation.storage());
            assertThat(backup.listed(simulation.storage()).coverage().holes()).containsExactlyElementsOf(gaps);
        }
    }
}
