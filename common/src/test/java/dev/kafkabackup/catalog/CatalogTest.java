// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import static dev.kafkabackup.segment.Segments.ORDERS_3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.Segments;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {

    private static final TopicIncarnation ORDERS = TopicIncarnation.of(ORDERS_3);
    private static final TopicIncarnation REBORN =
            new TopicIncarnation("orders", Uuid.fromString("-_JWJ6FHTfRYy67jzwZdeg"));

    @TempDir
    private Path folder;

    private BackupStorage storage;
    private Catalog catalog;

    @BeforeEach
    void open() {
        storage = StorageLocation.parse(folder.toString()).open();
        catalog = new Catalog(storage);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void anEmptyRootHoldsNothing() throws IOException {
        assertThat(catalog.topics()).isEmpty();
        assertThat(catalog.incarnations("orders")).isEmpty();
        assertThat(catalog.partitions(ORDERS)).isEmpty();
        assertThat(catalog.segments(ORDERS_3).segments()).isEmpty();
    }

    @Test
    void aSegmentLiesWhereTheDesignSays() throws IOException {
        EncodedSegment segment = Segments.full(100, 110, 2);

        assertThat(BackupLayout.segment(ORDERS_3, segment.name()))
                .isEqualTo("topics/topic=orders/id=MWJ6FHTfRYy67jzwZdeqSQ/partition=00003/"
                        + segment.name().fileName());
    }

    @Test
    void whatWasPublishedIsFound() throws IOException {
        EncodedSegment segment = Segments.full(100, 110, 2);
        publish(segment);
        storage.publish(BackupLayout.metadata(REBORN) + "/1.json", ObjectContent.of(new byte[1]));
        publish(Segments.segment(REBORN.partition(123_456), 0, 1, 0, List.of()));
        publish(Segments.segment(REBORN.partition(0), 0, 1, 0, List.of()));
        publish(Segments.segment(new TopicIncarnation("a.b-c_D", ORDERS.id()).partition(0), 0, 1, 0, List.of()));

        assertThat(catalog.topics()).containsExactly("a.b-c_D", "orders");
        assertThat(catalog.incarnations("orders")).containsExactlyInAnyOrder(ORDERS, REBORN);
        assertThat(catalog.partitions(ORDERS)).containsExactly(3);
        assertThat(catalog.partitions(REBORN)).containsExactly(0, 123_456);
        assertThat(catalog.segments(ORDERS_3).segments())
                .extracting(Segment::path)
                .containsExactly(BackupLayout.segment(ORDERS_3, segment.name()));
        assertThat(catalog.segments(ORDERS_3).rejected()).isEmpty();
    }

    /** A folder is only what its name would be printed as; anything else would be listed and then not be found. */
    @Test
    void foreignFoldersAreIgnored() throws IOException {
        publish(Segments.full(100, 110, 2));
        for (String foreign : List.of(
                "topics/orders",
                "topics/topic=orders/id=",
                "topics/topic=orders/id=AAAAAAAAAAAAAAAAAAAAAA",
                "topics/topic=orders/id=MWJ6FHTfRYy67jzwZdeqSQ==",
                "topics/topic=orders/id=MWJ6FHTfRYy67jzwZdeqSR",
                "topics/topic=orders/id=short",
                "topics/topic=orders/id=!!!!!!!!!!!!!!!!!!!!!!",
                "topics/topic=orders/id=MWJ6FHTfRYy67jzwZdeqSQ/partition=3",
                "topics/topic=orders/id=MWJ6FHTfRYy67jzwZdeqSQ/partition=000004",
                "topics/topic=orders/id=MWJ6FHTfRYy67jzwZdeqSQ/partition=-0005",
                "topics/topic=orders/id=MWJ6FHTfRYy67jzwZdeqSQ/partition=99999999999",
                "topics/topic=orders/id=MWJ6FHTfRYy67jzwZdeqSQ/retention")) {
            storage.publish(foreign + "/x", ObjectContent.of(new byte[1]));
        }

        assertThat(catalog.topics()).containsExactly("orders");
        assertThat(catalog.incarnations("orders")).containsExactly(ORDERS);
        assertThat(catalog.partitions(ORDERS)).containsExactly(3);
    }

    private void publish(EncodedSegment segment) throws IOException {
        storage.publish(BackupLayout.segment(segment.partition(), segment.name()), segment);
    }
}
