// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoleTest {

    private static final TopicIdPartition ORDERS_3 =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");
    private static final long GAP_START = 5;
    private static final long GAP_END = 8;

    @TempDir
    private Path folder;

    private BackupStorage storage = StorageLocation.parse("unused").open();

    @BeforeEach
    void openStorage() throws IOException {
        storage = StorageLocation.parse(folder.toString()).open();
        SegmentWriter before = new SegmentWriter("cluster", ORDERS_3, 0, 3);
        before.advanceTo(GAP_START, 0);
        publish(before);
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    @Test
    void aSegmentThatWasMergedSinceTheListingIsNotAskedAboutTheGapBeforeIt() throws IOException {
        String small = publishBehindTheGap(11);
        publishBehindTheGap(20);
        PartitionSegments listed = new Catalog(storage).segments(ORDERS_3);

        storage.delete(small);

        assertThat(Hole.of(storage, listed, 0)).containsExactly(new Hole(new OffsetRange(GAP_START, GAP_END), true));
    }

    @Test
    void whatNobodyStandsForIsMissed() throws IOException {
        String only = publishBehindTheGap(11);
        PartitionSegments listed = new Catalog(storage).segments(ORDERS_3);

        storage.delete(only);

        assertThatThrownBy(() -> Hole.of(storage, listed, 0)).isInstanceOf(FileNotFoundException.class);
    }

    private String publishBehindTheGap(long end) throws IOException {
        SegmentWriter writer = new SegmentWriter("cluster", ORDERS_3, GAP_END, 3);
        writer.followsGapFrom(GAP_START);
        writer.advanceTo(end, 0);
        return publish(writer);
    }

    private String publish(SegmentWriter writer) throws IOException {
        EncodedSegment segment = writer.seal();
        String path = BackupLayout.segment(ORDERS_3, segment.name());
        storage.publish(path, segment);
        return path;
    }
}
