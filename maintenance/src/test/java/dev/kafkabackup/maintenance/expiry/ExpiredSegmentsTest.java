// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.fixture.MemoryStorage;
import java.io.IOException;
import java.time.Instant;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ExpiredSegmentsTest {

    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    @Test
    void whatEndsAtTheOffsetIsExpiredAndWhatEndsBehindItIsNot() throws IOException {
        SegmentName first = name(0, 10, 0);
        SegmentName second = name(10, 20, 0);
        SegmentName third = name(20, 31, 0);

        assertThat(ExpiredSegments.below(30, segments(first, second, third))).containsExactly(first, second);
        assertThat(ExpiredSegments.below(9, segments(first, second, third))).isEmpty();
    }

    @Test
    void whatOverrulesAPartOfASegmentThatStaysHasToStayAsWell() throws IOException {
        SegmentName old = name(0, 40, 1);
        SegmentName overruling = name(20, 30, 2);

        assertThat(ExpiredSegments.below(30, segments(old, overruling)))
                .as("without it, offsets 20 to 39 of the old leader would count again")
                .isEmpty();
        assertThat(ExpiredSegments.below(40, segments(old, overruling))).containsExactlyInAnyOrder(old, overruling);
    }

    private static PartitionSegments segments(SegmentName... names) throws IOException {
        MemoryStorage listed = new MemoryStorage();
        for (SegmentName name : names) {
            listed.addListed(BackupLayout.segment(PARTITION, name), name.sizeBytes(), Instant.EPOCH);
        }
        return new Catalog(listed).segments(PARTITION);
    }

    private static SegmentName name(long start, long end, int epoch) {
        return new SegmentName(new OffsetRange(start, end), epoch, 1, 2, end - start, 1_000);
    }
}
