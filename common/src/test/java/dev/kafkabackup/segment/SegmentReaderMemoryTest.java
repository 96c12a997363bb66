// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** A payload is copied out of the page that it was decompressed into, and nowhere else; pages share their place. */
class SegmentReaderMemoryTest {

    private static final int RECORDS = 5_000;
    private static final int VALUE_BYTES = 4_000;

    /** What the records and the columns need beside the payloads. */
    private static final double TOLERANCE = 1.25;

    @Test
    void aSegmentIsReadWithOneCopyOfItsPayloads() {
        EncodedSegment segment = incompressible();
        byte[] object = Segments.bytes(segment);
        read(segment.name(), object);
        long before = allocated();

        long payload = read(segment.name(), object);

        assertThat(allocated() - before)
                .as("bytes allocated to read %d that cannot be compressed", payload)
                .isLessThan((long) (payload * TOLERANCE));
    }

    private static EncodedSegment incompressible() {
        Random random = new Random(7);
        return Segments.segment(
                0,
                RECORDS,
                0,
                LongStream.range(0, RECORDS)
                        .mapToObj(offset -> {
                            byte[] value = new byte[VALUE_BYTES];
                            random.nextBytes(value);
                            return new SegmentRecord(
                                    offset,
                                    1_700_000_000_000L,
                                    TimestampType.CREATE_TIME,
                                    0,
                                    null,
                                    value,
                                    new RecordHeaders());
                        })
                        .toList());
    }

    /** Bytes of all payloads; none of them is kept. */
    private static long read(SegmentName name, byte[] object) {
        long payload = 0;
        try (SegmentReader reader = SegmentReader.open(name.fileName(), Segments.ORDERS_3, name, object)) {
            while (reader.hasNext()) {
                payload += reader.next().payloadBytes();
            }
        }
        return payload;
    }

    /** By this thread, since it began. */
    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
