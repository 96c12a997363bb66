// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
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
        try (BackupStorage storage = StorageLocation.parse(folder.toString()).open()) {
            for (int partition = 0; partition < partitions; partition++) {
                createSegments(ORDERS.partition(partition), SEGMENTS / partitions);
                publishLastSegment(storage, ORDERS.partition(partition), SEGMENTS / partitions);
            }
            look(storage, partitions, false);
            look(storage, partitions, true);
        }
    }

    /** @param detailed as {@code describe} looks, and not {@code topics} */
    private static void look(BackupStorage storage, int partitions, boolean detailed) throws IOException {
        try (BackupCatalogue catalogue =
                new BackupCatalogue(storage, Duration.ofDays(7), Duration.ofDays(30), null, detailed)) {
            long begun = System.nanoTime();

            IncarnationView view = catalogue.incarnations(catalogue.topics()).get(0);

            System.out.println((detailed ? "Described " : "Listed ") + SEGMENTS + " objects in " + partitions
                    + " partitions in "
                    + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms, with "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MiB of heap");
            assertThat(view.problems()).isEmpty();
            assertThat(view.sum(PartitionView::segments)).isEqualTo(SEGMENTS + partitions);
            assertThat(view.sum(PartitionView::records)).isEqualTo(100L * SEGMENTS + partitions);
            assertThat(view.compressionRatio() != null).isEqualTo(detailed);
            assertThat(view.partitions()).hasSize(partitions).allSatisfy(partition -> {
                assertThat(partition.gaps()).isEmpty();
                assertThat(partition.overlaps()).isEmpty();
            });
        }
    }

    /** One with a footer: describe samples it. */
    private static void publishLastSegment(BackupStorage storage, TopicIdPartition partition, int others)
            throws IOException {
        SegmentWriter writer = new SegmentWriter("vPzAxR0cTHmqu5gJf3Yh2A", partition, 100L * others, 3);
        writer.append(new SegmentRecord(
                100L * others,
                1_700_000_000_000L,
                TimestampType.CREATE_TIME,
                0,
                null,
                new byte[99],
                new RecordHeaders()));
        EncodedSegment segment = writer.seal();
        storage.publish(BackupLayout.segment(partition, segment.name()), segment);
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
