// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a writer says that it occupies is held against the heap that many of them do occupy. */
class SegmentWriterMemoryTest {

    private static final TopicIdPartition ORDERS_0 =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    /** How far off it may be: a budget of a quarter of the heap leaves room for that. */
    private static final double TOLERANCE = 1.2;

    private final Random random = new Random(7);

    @ParameterizedTest
    @CsvSource({
        "300, 1, 0",
        "300, 1, 1000",
        "200, 10, 100",
        "100, 100, 1000",
        "50, 500, 1000",
        "50, 1000, 1000",
        "20, 3000, 1000",
        "10, 1, 3000000"
    })
    void whatIsAccountedForIsAboutWhatIsOccupied(int writers, int records, int valueBytes) {
        open(1, records, valueBytes);
        long before = occupied();
        List<SegmentWriter> open = open(writers, records, valueBytes);
        long measured = (occupied() - before) / writers;
        long accounted = open.stream().mapToLong(SegmentWriter::heapBytes).sum() / writers;

        assertThat(measured)
                .as("bytes of heap of one of %d open segments, of which %d are accounted for", open.size(), accounted)
                .isBetween((long) (accounted / TOLERANCE), (long) (accounted * TOLERANCE));
    }

    private List<SegmentWriter> open(int writers, int records, int valueBytes) {
        List<SegmentWriter> open = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            SegmentWriter writer = new SegmentWriter("cluster", ORDERS_0, 0, 3);
            for (int offset = 0; offset < records; offset++) {
                byte[] value = new byte[valueBytes];
                random.nextBytes(value);
                writer.append(new SegmentRecord(
                        offset, 1_700_000_000_000L, TimestampType.CREATE_TIME, 0, null, value, new RecordHeaders()));
            }
            open.add(writer);
        }
        return open;
    }

    /** After a full collection; another one may still find something. */
    private static long occupied() {
        long smallest = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            smallest = Math.min(
                    smallest,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return smallest;
    }
}
