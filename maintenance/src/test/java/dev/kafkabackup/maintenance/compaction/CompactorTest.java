// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactorTest {

    private static final TopicIdPartition ORDERS_3 =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");

    @TempDir
    private Path folder;

    @Test
    void aMergedSegmentKeepsWhatIsKnownOfTheGapBeforeIt() throws IOException {
        try (BackupStorage storage = StorageLocation.parse(folder.toString()).open()) {
            publish(storage, 20, 30, 15);
            publish(storage, 30, 40, 30);
            Merge merge =
                    new Merge(ORDERS_3, new Catalog(storage).segments(ORDERS_3).slices());

            SegmentName merged = new Compactor(storage, "cluster", 3).merge(merge);

            assertThat(merged.range().toString()).isEqualTo("[20, 40)");
            assertThat(SegmentFooter.read(storage, BackupLayout.segment(ORDERS_3, merged), merged.sizeBytes())
                            .metadata()
                            .gapStartOffset())
                    .isEqualTo(15);
        }
    }

    private static void publish(BackupStorage storage, long start, long end, long gapStart) throws IOException {
        SegmentWriter writer = new SegmentWriter("cluster", ORDERS_3, start, 3);
        if (gapStart < start) {
            writer.followsGapFrom(gapStart);
        }
        writer.advanceTo(end, 0);
        EncodedSegment segment = writer.seal();
        storage.publish(BackupLayout.segment(ORDERS_3, segment.name()), segment);
    }
}
