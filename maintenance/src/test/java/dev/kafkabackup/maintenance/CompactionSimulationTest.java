// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.maintenance.compaction.Replacement;
import dev.kafkabackup.maintenance.simulation.FolderInMemory;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.testing.RandomRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a segment a minute becomes, in a folder whose listings come in pages of 10 objects, and what it costs. */
class CompactionSimulationTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int CYCLE_MINUTES = 5;
    private static final int DAY_MINUTES = 24 * 60;
    private static final int PAGE = 10;
    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    @TempDir(factory = FolderInMemory.class)
    private Path folder;

    @Test
    void aThirdOfADayOfMinutesBecomesFewObjectsAndStaysTheSameRecords() throws IOException {
        minutes(DAY_MINUTES / 3, 80);
    }

    @Test
    @Tag("long")
    void aMonthOfMinutesBecomesFewObjectsAndStaysTheSameRecords() throws IOException {
        minutes(30 * DAY_MINUTES, 150);
    }

    private void minutes(int minutes, int mostObjects) throws IOException {
        Simulation simulation = new Simulation(folder, PAGE);
        SimulatedBackup backup =
                new SimulatedBackup(PARTITION, simulation.storage().another(), RandomRecords.small());
        Maintenance maintenance = simulation.maintenance("a", Simulation.config(null, null));
        int most = 0;
        for (int minute = 0; minute < minutes; minute++) {
            backup.publish(10, 0);
            simulation.clock().pass(MINUTE);
            if (minute % CYCLE_MINUTES == 0) {
                assertThat(maintenance.run().failures()).isEmpty();
            }
            if (minute % 60 == 0) {
                most = Math.max(most, objects(backup.listed(simulation.storage().another())));
            }
        }

        PartitionSegments segments = backup.listed(simulation.storage().another());
        System.out.printf(
                "%d minutes: %d objects at the end, %d at most, and %d that wait; each record rewritten %d times at"
                        + " most, %.2f bytes written for each that was published; %d listings in %d pages%n",
                minutes,
                objects(segments),
                most,
                segments.segments().size() - objects(segments),
                timesRewritten(simulation, backup),
                (double) simulation.storage().publishedBytes() / backup.bytes(),
                simulation.storage().listings(),
                simulation.storage().pages());
        assertThat(Math.max(most, objects(segments)))
                .as("objects beside those that wait for their removal")
                .isLessThanOrEqualTo(mostObjects);
        assertThat(timesRewritten(simulation, backup)).isPositive().isLessThanOrEqualTo(3);
        assertThat(simulation.storage().publishedBytes()).isLessThanOrEqualTo(3 * backup.bytes());
        // the clock's, the inventory's, and one or two an hour of the partition
        assertThat(simulation.storage().listings()).isLessThanOrEqualTo(minutes / CYCLE_MINUTES * 2 + minutes / 10);
        assertThat(simulation.storage().pages()).as("one a minute").isLessThanOrEqualTo(minutes);
        backup.assertReadsAll(simulation.storage());
    }

    /** That record that was written most often. */
    private static int timesRewritten(Simulation simulation, SimulatedBackup backup) {
        int[] times = new int[(int) backup.endOffset()];
        for (SegmentName merged : simulation.storage().publishedSegments()) {
            for (long offset = merged.range().startOffset();
                    offset < merged.range().endOffset();
                    offset++) {
                times[(int) offset]++;
            }
        }
        return Arrays.stream(times).max().orElse(0);
    }

    /** Besides those that wait for their removal. */
    private static int objects(PartitionSegments segments) {
        return segments.segments().size() - Replacement.standIns(segments).size();
    }
}
