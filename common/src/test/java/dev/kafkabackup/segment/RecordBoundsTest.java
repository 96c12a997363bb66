// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import static dev.kafkabackup.segment.Segments.ORDERS_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.offset.OffsetRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A part of a segment is exactly that part, and pages without wanted records are not even looked at. */
class RecordBoundsTest {

    private static final long SEED = 20_261_123;

    /** More than one page: Parquet ends them after 20,000 rows at the latest. */
    private static final int RECORDS = 50_000;

    private static EncodedSegment segment;
    private static List<SegmentRecord> all;

    @BeforeAll
    static void write() {
        segment = Segments.full(0, RECORDS, 2);
        all = read(Segments.bytes(segment), RecordBounds.ALL);
    }

    @Test
    void aPartIsWhatTheBoundsSay() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20; i++) {
            long from = random.nextInt(RECORDS);
            OffsetRange offsets = new OffsetRange(from, from + 1 + random.nextInt(RECORDS));
            long fromTimestamp = i % 3 == 0
                    ? Long.MIN_VALUE
                    : all.get(random.nextInt(RECORDS)).timestamp();
            long toTimestamp = i % 2 == 0
                    ? Long.MAX_VALUE
                    : all.get(random.nextInt(RECORDS)).timestamp() + 1;
            RecordBounds bounds = new RecordBounds(offsets, fromTimestamp, toTimestamp);

            assertThat(read(Segments.bytes(segment), bounds))
                    .as("seed %d, %s", SEED, bounds)
                    .extracting(SegmentRecord::offset)
                    .isEqualTo(all.stream()
                            .filter(record -> offsets.contains(record.offset())
                                    && record.timestamp() >= fromTimestamp
                                    && record.timestamp() < toTimestamp)
                            .map(SegmentRecord::offset)
                            .toList());
        }
    }

    @Test
    void pagesWithoutWantedRecordsAreNotDecoded() {
        byte[] damaged = withoutChecksumOfTheFile(Segments.bytes(segment));
        damaged[200] ^= 1; // in the first page of offsets

        assertThatThrownBy(() -> read(damaged, RecordBounds.ALL)).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> read(damaged, offsets(0, 10))).isInstanceOf(CorruptDataException.class);
        assertThat(read(damaged, offsets(RECORDS - 10, RECORDS))).hasSize(10);
    }

    private static RecordBounds offsets(long from, long to) {
        return new RecordBounds(new OffsetRange(from, to), Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** As if another writer had made it, of which no checksum is expected. */
    private static byte[] withoutChecksumOfTheFile(byte[] object) {
        return new String(object, StandardCharsets.ISO_8859_1)
                .replace("kafka-backup.crc32c", "kafka-backup.crc32x")
                .replace("kafka-backup.name", "kafka-backup.namx")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<SegmentRecord> read(byte[] object, RecordBounds bounds) {
        List<SegmentRecord> records = new ArrayList<>();
        try (SegmentReader reader = SegmentReader.open("segment", ORDERS_3, segment.name(), object, bounds)) {
            reader.forEachRemaining(records::add);
        }
        return records;
    }
}
