// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.maintenance.simulation.FolderInMemory;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small segments become one; what they are made from goes late, and only if the one that stays is right. */
class CompactionTest {

    private static final MaintenanceConfig CONFIG = Simulation.config(null, null);

    /** So many become one at once. */
    private static final int MERGED = 36;

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    @TempDir(factory = FolderInMemory.class)
    private Path folder;

    private Simulation simulation = new Simulation(Path.of("unused"), 1);
    private Maintenance maintenance = simulation.maintenance("unused", CONFIG);

    @BeforeEach
    void start() {
        simulation = new Simulation(folder, 10);
        maintenance = simulation.maintenance("a", CONFIG);
    }

    private int objects(SimulatedBackup backup) throws IOException {
        return backup.listed(simulation.storage().another()).segments().size();
    }

    /** Cycles until so much time has passed; what has failed in them. */
    private List<String> cycles(Duration time) throws IOException {
        List<String> failures = new ArrayList<>(maintenance.run().failures());
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(Simulation.CYCLE)) {
            simulation.clock().pass(Simulation.CYCLE);
            failures.addAll(maintenance.run().failures());
        }
        return failures;
    }

    @Test
    void whatWasMergedStaysForAnHour() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, MERGED);

        cycles(Duration.ofMinutes(55));
        assertThat(objects(backup)).isEqualTo(MERGED + 1);

        cycles(Duration.ofMinutes(10));
        assertThat(objects(backup)).isEqualTo(1);
        backup.assertReadsAll(simulation.storage());
    }

    @Test
    void whatWasMergedStaysForAsLongAsTheLongestListingTook() throws IOException {
        String partition = BackupLayout.partition(orders.partition(0));
        SimulatedBackup backup = simulation.backup(orders, MERGED);
        simulation.storage().listingTakes(partition, Duration.ofHours(3));
        maintenance.run();
        simulation.storage().listingTakes(partition, Duration.ZERO);

        cycles(Duration.ofMinutes(175));
        assertThat(objects(backup)).as("a listing of 3 h may be under way").isEqualTo(MERGED + 1);

        cycles(Duration.ofMinutes(10));
        assertThat(objects(backup)).isEqualTo(1);
    }

    @Test
    void whatWasMergedStaysIfTheMergedSegmentIsDamaged() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, MERGED);
        maintenance.run();
        Path merged = folder.resolve(backup.listed(simulation.storage()).segments().stream()
                .filter(segment -> segment.name().range().equals(new OffsetRange(0, backup.endOffset())))
                .findFirst()
                .orElseThrow()
                .path());
        byte[] bytes = Files.readAllBytes(merged);
        bytes[bytes.length / 3] ^= 1;
        Files.write(merged, bytes);

        List<String> failures = cycles(Duration.ofHours(2));

        assertThat(objects(backup)).isEqualTo(MERGED + 1);
        assertThat(failures)
                .isNotEmpty()
                .allMatch(failure -> failure.contains(merged.getFileName().toString()));
    }

    @Test
    void whatWasMergedStaysUntilARecordThatTheMergedSegmentLacksIsInANewOne() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, MERGED);
        backup.publishAgain(0, backup.endOffset(), 0, record -> record.offset() != 77);

        simulation.run(maintenance, Simulation.DAY);

        assertThat(objects(backup)).isEqualTo(1);
        backup.assertReadsAll(simulation.storage());
    }

    @Test
    void aGapIsStillOneWhenWhatIsBeforeItIsMerged() throws IOException {
        SimulatedBackup backup = simulation.backup(orders, MERGED - 10);
        long gap = backup.endOffset();
        backup.skip(5);
        for (int i = 0; i < MERGED - 10; i++) {
            backup.publish(10, 0);
        }

        simulation.run(maintenance, Simulation.DAY);

        assertThat(objects(backup)).as("nothing can be added before the gap").isEqualTo(1 + MERGED - 10);
        assertThat(backup.listed(simulation.storage()).coverage().holes())
                .containsExactly(new OffsetRange(gap, gap + 5));
        backup.assertReadsAll(simulation.storage());
    }

    @Test
    void incarnationsOfOneNameStayApart() throws IOException {
        TopicIncarnation again = new TopicIncarnation("orders", Uuid.fromString("BBBBFHTfRYy67jzwZdeqSQ"));
        SimulatedBackup first = simulation.backup(orders, MERGED);
        SimulatedBackup second = simulation.backup(again, MERGED / 2);
        second.skip((int) (first.endOffset() - second.endOffset()));
        for (int i = 0; i < MERGED; i++) {
            second.publish(10, 0);
        }

        simulation.run(maintenance, Simulation.DAY);

        for (SimulatedBackup each : List.of(first, second)) {
            assertThat(objects(each)).isLessThan(MERGED);
            each.assertReadsAll(simulation.storage());
        }
    }
}
