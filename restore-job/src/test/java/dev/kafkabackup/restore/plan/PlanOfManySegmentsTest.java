// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan of a million segments, in the heap of 1 GiB that every test has; how long it took is printed. */
@Tag("long")
class PlanOfManySegmentsTest {

    private static final int SEGMENTS = 1_000_000;

    /** File systems limit the names of one file. */
    private static final int NAMES_OF_ONE_FILE = 50_000;

    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 1_000})
    void aPlanOfAMillionSegmentsFitsIntoAGibibyte(int partitions) throws IOException {
        try (BackupFixture backup = new BackupFixture(folder)) {
            for (int partition = 0; partition < partitions; partition++) {
                createSegments(ORDERS.partition(partition), SEGMENTS / partitions);
            }
            long begun = System.nanoTime();
            long cpuBegun = cpuTime();

            TopicPlan plan = new RestorePlanner(backup.storage())
                    .plan(List.of(RestoreSelection.of("orders", "restored")))
                    .get(0);

            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            System.out.println("Planned " + SEGMENTS + " segments in " + partitions + " partitions in "
                    + took.toMillis() + " ms and " + (cpuTime() - cpuBegun) / 1_000_000 + " ms of CPU, with "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MiB of heap");
            assertThat(plan.partitions()).hasSize(partitions);
            assertThat(plan.partitions().stream()
                            .mapToLong(PartitionPlan::recordsAtMost)
                            .sum())
                    .isEqualTo(100L * SEGMENTS);
            assertThat(plan.partitions())
                    .allSatisfy(
                            partition -> assertThat(partition.sources().get(0).offsets())
                                    .containsExactly(new OffsetRange(0, 100L * SEGMENTS / partitions)));
        }
    }

    /** On a busy machine it says more than the time that passed. */
    private static long cpuTime() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Names of a few files: a plan looks at names and sizes only. */
    private void createSegments(TopicIdPartition partition, int count) throws IOException {
        Path place = Files.createDirectories(folder.resolve(BackupLayout.partition(partition)));
        Path file = folder;
        for (int i = 0; i < count; i++) {
            Path name = place.resolve(new SegmentName(
                            new OffsetRange(100L * i, 100L * (i + 1)),
                            0,
                            1_700_000_000_000L + i,
                            1_700_000_001_000L + i,
                            100,
                            1)
                    .fileName());
            if (i % NAMES_OF_ONE_FILE == 0) {
                file = Files.write(name, new byte[1]);
            } else {
                Files.createLink(name, file);
            }
        }
    }
}
