// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalogue of a million objects, in the heap of 1 GiB that every test has; how long it took is printed. */
@Tag("long")
class CatalogueOfManyObjectsTest {

    private static final int SEGMENTS = 1_000_000;

    /** File systems limit the names of one file. */
    private static final int NAMES_OF_ONE_FILE = 50_000;

    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {50, 1_000})
    void aMillionObjectsFitIntoAGibibyte(int partitions) throws IOException {
        for (int partition = 0; partition < partitions; partition++) {
            createSegments(ORDERS.partition(partition), SEGMENTS / partitions);
        }
        try (BackupStorage storage = StorageLocation.parse(folder.toString()).open();
                BackupCatalogue catalogue =
                        new BackupCatalogue(storage, Duration.ofDays(7), Duration.ofDays(30), null, false)) {
            long begun = System.nanoTime();

            IncarnationView view = catalogue.incarnations(catalogue.topics()).get(0);

            System.out.println("Looked at " + SEGMENTS + " objects in " + partitions + " partitions in "
                    + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms, with "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MiB of heap");
            assertThat(view.sum(PartitionView::records)).isEqualTo(100L * SEGMENTS);
            assertThat(view.partitions()).hasSize(partitions).allSatisfy(partition -> {
                assertThat(partition.gaps()).isEmpty();
                assertThat(partition.overlaps()).isEmpty();
            });
        }
    }

    /** Names of a few files: the catalogue looks at names and sizes only. */
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
