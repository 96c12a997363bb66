// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.maintenance.HeldObjects;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.testing.RandomRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However many segments are merged or compared, few are in memory, and few are read at once. */
class MemoryBoundTest {

    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");
    private static final int MANY = 150;
    private static final int LOOK_EVERY = 15;

    private final Simulation simulation = Simulation.inMemory();
    private final SimulatedBackup backup = new SimulatedBackup(PARTITION, simulation.storage(), RandomRecords.small());

    @BeforeEach
    void publish() throws IOException {
        for (int i = 0; i < MANY; i++) {
            backup.publish(3, 0);
        }
    }

    private PartitionSegments segments() throws IOException {
        return new Catalog(simulation.storage()).segments(PARTITION);
    }

    private Set<SegmentName> names() throws IOException {
        return segments().segments().stream().map(Segment::name).collect(Collectors.toSet());
    }

    private SegmentName mergeAll(HeldObjects storage) throws IOException {
        return new Compactor(storage, Simulation.CLUSTER_ID, 3)
                .merge(new Merge(PARTITION, segments().slices()));
    }

    @Test
    void aMergeHoldsOneOfTheSegmentsThatItReads() throws IOException {
        HeldObjects storage = new HeldObjects(simulation.storage(), LOOK_EVERY);

        mergeAll(storage);

        assertThat(storage.reads()).isGreaterThanOrEqualTo(MANY);
        assertThat(storage.most()).as("one, while the next one comes").isBetween(1, 2);
    }

    @Test
    void aComparisonHoldsOneMoreForTheOneThatMayStandForThem() throws IOException {
        mergeAll(new HeldObjects(simulation.storage(), LOOK_EVERY));
        HeldObjects storage = new HeldObjects(simulation.storage(), LOOK_EVERY);

        ReplacementSearch.Result result =
                new ReplacementSearch(storage, segments(), names(), Long.MAX_VALUE, bytes -> {}).run();

        assertThat(result.removable()).hasSize(MANY);
        assertThat(storage.reads()).isEqualTo(MANY + 1);
        assertThat(storage.most()).isBetween(2, 3);
    }

    @Test
    void segmentsAreComparedInPortionsWithARestAfterEach() throws IOException {
        SegmentName merged = mergeAll(new HeldObjects(simulation.storage(), LOOK_EVERY));
        long all = segments().segments().stream()
                .mapToLong(segment -> segment.name().sizeBytes())
                .sum();
        long mostBytes = (all - merged.sizeBytes()) / 4;
        List<Long> portions = new ArrayList<>();

        ReplacementSearch.Result result =
                new ReplacementSearch(simulation.storage(), segments(), names(), mostBytes, portions::add).run();

        assertThat(result.removable()).hasSize(MANY);
        assertThat(portions).hasSizeBetween(4, 5).allMatch(bytes -> bytes <= merged.sizeBytes() + mostBytes);
        assertThat(portions.stream()
                        .mapToLong(bytes -> bytes - merged.sizeBytes())
                        .sum())
                .isEqualTo(all - merged.sizeBytes());
    }

    @Test
    void whatOverrulesManyIsReadOnce() throws IOException {
        long end = backup.endOffset();
        backup.truncate(0);
        backup.publish((int) end, 1);
        List<Long> read = new ArrayList<>();
        HeldObjects storage = new HeldObjects(simulation.storage(), LOOK_EVERY);

        ReplacementSearch.Result result =
                new ReplacementSearch(storage, segments(), names(), Long.MAX_VALUE, read::add).run();

        assertThat(segments().slices()).extracting(SegmentSlice::name).hasSize(1);
        assertThat(result.removable()).hasSize(MANY);
        assertThat(storage.reads()).isEqualTo(1);
        assertThat(read).containsExactly(segments().slices().get(0).name().sizeBytes());
    }
}
