// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import static dev.kafkabackup.segment.Segments.CLUSTER;
import static dev.kafkabackup.segment.Segments.ORDERS_3;
import static dev.kafkabackup.segment.Segments.bytes;
import static dev.kafkabackup.segment.Segments.describe;
import static dev.kafkabackup.segment.Segments.read;
import static dev.kafkabackup.segment.Segments.record;
import static dev.kafkabackup.segment.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.offset.OffsetRange;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.parquet.column.ParquetProperties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SegmentRoundTripTest {

    private static final byte[] EMPTY = {};

    @Test
    void nullAndEmptyStayDifferent() {
        List<SegmentRecord> records = new ArrayList<>();
        byte[][] contents = {null, EMPTY, {0}, {-1, 0, 127}};
        for (byte[] key : contents) {
            for (byte[] value : contents) {
                for (byte[] header : contents) {
                    RecordHeaders headers = new RecordHeaders();
                    headers.add("h", header);
                    records.add(
                            new SegmentRecord(records.size(), 5, TimestampType.CREATE_TIME, 0, key, value, headers));
                }
            }
        }
        assertReadBack(records);
    }

    @Test
    void headersKeepTheirOrderAndEqualKeys() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("b", bytes("1"))
                .add("a", bytes("2"))
                .add("b", null)
                .add("", bytes("3"))
                .add("b", bytes("1"));
        headers.add("Schlüssel \uD83D\uDD11", bytes("4"));
        assertReadBack(List.of(withHeaders(0, headers), withHeaders(1, new RecordHeaders()), withHeaders(2, headers)));
    }

    @Test
    void aThousandHeadersAreKept() {
        RecordHeaders headers = new RecordHeaders();
        for (int i = 0; i < 1_000; i++) {
            headers.add("header " + i % 100, i % 7 == 0 ? null : bytes("value " + i));
        }
        assertReadBack(List.of(
                withHeaders(0, new RecordHeaders()), withHeaders(1, headers), withHeaders(2, new RecordHeaders())));
    }

    private static SegmentRecord withHeaders(long offset, RecordHeaders headers) {
        return new SegmentRecord(offset, 5, TimestampType.CREATE_TIME, 0, null, null, headers);
    }

    @Test
    void aValueOfTenMebibytesIsKept() {
        byte[] value = new byte[10 * 1024 * 1024];
        new Random(1).nextBytes(value);
        SegmentRecord large =
                new SegmentRecord(1, 5, TimestampType.CREATE_TIME, 0, bytes("large"), value, new RecordHeaders());

        List<SegmentRecord> read = read(segment(0, 3, 0, List.of(record(0, 0), large, record(2, 0))));

        assertThat(read).hasSize(3);
        assertThat(read.get(1).sameContent(large)).isTrue();
    }

    @Test
    void timestampsKeepTheirTypeAndMayBeMissing() {
        List<SegmentRecord> records = new ArrayList<>();
        for (TimestampType type : TimestampType.values()) {
            for (long timestamp : new long[] {-1, 0, 1_700_000_000_000L, Long.MAX_VALUE}) {
                records.add(new SegmentRecord(records.size(), timestamp, type, 0, null, EMPTY, new RecordHeaders()));
            }
        }
        assertReadBack(records);
    }

    @Test
    void anUnknownLeaderEpochStaysUnknown() {
        assertReadBack(List.of(record(0, -1), record(1, 0), record(2, Integer.MAX_VALUE), record(3, -1)));
    }

    @Test
    void moreRecordsThanAPageHoldsAreKept() {
        List<SegmentRecord> records = new ArrayList<>();
        Random random = new Random(42);
        for (long offset = 0; offset < 60_000; offset += 1 + random.nextInt(2)) {
            records.add(record(offset, 0, random.nextInt(5) == 0 ? null : "v" + random.nextInt(100)));
        }
        assertReadBack(records);
    }

    /** Pages end by size and by rows, with levels that repeat and such that do not, also at a row with many headers. */
    @Test
    void pagesOfAnyShapeAreKeptAndFoundByTheirRows() {
        List<SegmentRecord> records = recordsForPagesOfAnyShape(new Random(43));
        assertReadBack(records);

        EncodedSegment segment = segment(0, records.size(), -1, records);
        byte[] bytes = bytes(segment);
        for (int from = 0; from < records.size(); from += 4_999) {
            int to = Math.min(from + 40, records.size());
            RecordBounds wanted = new RecordBounds(new OffsetRange(from, to), Long.MIN_VALUE, Long.MAX_VALUE);
            assertThat(describe(read(segment.name(), bytes, wanted))).isEqualTo(describe(records.subList(from, to)));
        }
    }

    private static List<SegmentRecord> recordsForPagesOfAnyShape(Random random) {
        List<SegmentRecord> records = new ArrayList<>();
        for (int[] shape : new int[][] {{0, 0, 40_000}, {60, 3, 30_000}, {2_000, 1, 3_000}, {900_000, 2, 12}}) {
            for (int i = 0; i < shape[2]; i++) {
                RecordHeaders headers = new RecordHeaders();
                int count = i == shape[2] / 2 ? 20_000 : random.nextInt(shape[1] + 1);
                for (int header = 0; header < count; header++) {
                    headers.add("h" + header % 7, next(random, 30));
                }
                records.add(new SegmentRecord(
                        records.size(),
                        random.nextInt(),
                        TimestampType.CREATE_TIME,
                        random.nextInt(2) - 1,
                        next(random, 20),
                        next(random, shape[0]),
                        headers));
            }
        }
        return records;
    }

    private static byte @Nullable [] next(Random random, int mostBytes) {
        if (random.nextInt(4) == 0) {
            return null;
        }
        byte[] bytes = new byte[random.nextInt(mostBytes + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Parquet keeps the last properties that anybody in the JVM has built, unless it is told otherwise. */
    @Test
    void howOthersWriteParquetInTheSameProcessChangesNothing() {
        List<SegmentRecord> records = List.of(record(0, 0, "same"), record(1, 0, "same"), record(2, 0, "same"));
        long before = segment(0, 3, 0, records).sizeBytes();

        ParquetProperties.builder().withDictionaryEncoding(true).build();

        assertThat(segment(0, 3, 0, records).sizeBytes()).isEqualTo(before);
    }

    @Test
    void holesStayHoles() {
        EncodedSegment segment = segment(100, 200, 3, List.of(record(110, 1), record(150, 2), record(199, 2)));

        assertThat(segment.name().range()).isEqualTo(new OffsetRange(100, 200));
        assertThat(read(segment)).extracting(SegmentRecord::offset).containsExactly(110L, 150L, 199L);
    }

    @Test
    void aSegmentWithoutRecordsCoversItsRange() {
        EncodedSegment segment = segment(100, 200, 3, List.of());

        assertThat(segment.name().range()).isEqualTo(new OffsetRange(100, 200));
        assertThat(segment.name().leaderEpoch()).isEqualTo(3);
        assertThat(segment.name().records()).isZero();
        assertThat(segment.name().minTimestamp()).isEqualTo(-1);
        assertThat(segment.name().maxTimestamp()).isEqualTo(-1);
        assertThat(segment.name().sizeBytes()).isEqualTo(bytes(segment).length);
        assertThat(read(segment)).isEmpty();
    }

    @Test
    void theNameHasTheSmallestAndLargestTimestampNotTheFirstAndLast() {
        SegmentName name = segment(0, 5, 0, List.of(at(0, 500), at(1, 900), at(2, -1), at(3, 100), at(4, 300)))
                .name();

        assertThat(name.minTimestamp()).isEqualTo(100);
        assertThat(name.maxTimestamp()).isEqualTo(900);
    }

    @Test
    void theNameHasNoTimestampIfNoRecordHasOne() {
        SegmentName name = segment(0, 2, 0, List.of(at(0, -1), at(1, -1))).name();

        assertThat(name.minTimestamp()).isEqualTo(-1);
        assertThat(name.maxTimestamp()).isEqualTo(-1);
    }

    @Test
    void timestampZeroIsATimestamp() {
        SegmentName name = segment(0, 2, 0, List.of(at(0, 0), at(1, -1))).name();

        assertThat(name.minTimestamp()).isZero();
        assertThat(name.maxTimestamp()).isZero();
    }

    private static SegmentRecord at(long offset, long timestamp) {
        return new SegmentRecord(offset, timestamp, TimestampType.CREATE_TIME, 0, null, EMPTY, new RecordHeaders());
    }

    @Test
    void theNameHasTheHighestEpochOfRecordsAndPosition() {
        assertThat(segment(0, 9, 1, List.of(record(0, 5), record(1, -1))).name().leaderEpoch())
                .isEqualTo(5);
        assertThat(segment(0, 9, 7, List.of(record(0, 5))).name().leaderEpoch()).isEqualTo(7);
        assertThat(segment(0, 9, -1, List.of(record(0, -1))).name().leaderEpoch())
                .isEqualTo(-1);
    }

    @Test
    void whatIsCoveredIsNotTakenAgain() {
        SegmentWriter writer = new SegmentWriter(CLUSTER, ORDERS_3, 100, 3);

        assertThatThrownBy(() -> writer.append(record(99, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Segment %s [100, 100) cannot take offset 99: it is already covered", ORDERS_3);
        writer.append(record(100, 0));
        assertThatThrownBy(() -> writer.append(record(100, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Segment %s [100, 101) cannot take offset 100: it is already covered", ORDERS_3);
        writer.advanceTo(110, 0);
        assertThatThrownBy(() -> writer.append(record(109, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Segment %s [100, 110) cannot take offset 109: it is already covered", ORDERS_3);
        assertThatThrownBy(() -> writer.advanceTo(109, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Segment %s [100, 110) cannot end at 109", ORDERS_3);
        writer.append(record(110, 0));

        assertThat(read(writer.seal())).extracting(SegmentRecord::offset).containsExactly(100L, 110L);
    }

    @Test
    void aSegmentThatCoversNothingCannotBeSealed() {
        SegmentWriter writer = new SegmentWriter(CLUSTER, ORDERS_3, 100, 3);
        writer.advanceTo(100, 7);

        assertThatThrownBy(writer::seal)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Segment %s at 100 covers nothing", ORDERS_3);
    }

    @Test
    void contentMayBeWrittenSeveralTimes() {
        EncodedSegment segment = Segments.full(0, 100, 0);

        assertThat(bytes(segment)).isEqualTo(bytes(segment)).hasSize((int) segment.sizeBytes());
    }

    @Test
    void behindTheLastRecordThereIsNone() {
        EncodedSegment segment = Segments.full(0, 1, 0);
        try (SegmentReader reader = SegmentReader.open("x", ORDERS_3, segment.name(), bytes(segment))) {
            reader.next();
            assertThat(reader.hasNext()).isFalse();
            assertThatThrownBy(reader::next)
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessage("x has no more records");
        }
    }

    @Test
    void theContentIsComparedWithoutTheLeaderEpoch() {
        SegmentRecord record = record(7, 1, "value");

        assertThat(record.sameContent(record(7, 2, "value"))).isTrue();
        assertThat(record.sameContent(record(7, 1, "other"))).isFalse();
        assertThat(record.sameContent(record(7, 1, null))).isFalse();
        assertThat(record(7, 1, null).sameContent(record(7, 1, ""))).isFalse();
        assertThat(record.sameContent(record(8, 1, "value"))).isFalse();
    }

    @Test
    void payloadsAreNotPrinted() {
        assertThat(record(7, 1, "secret")).hasToString("record at offset 7");
    }

    private static void assertReadBack(List<SegmentRecord> records) {
        long end = records.get(records.size() - 1).offset() + 1;
        EncodedSegment segment = segment(0, end, -1, records);

        assertThat(segment.name().records()).isEqualTo(records.size());
        assertThat(describe(read(segment))).isEqualTo(describe(records));
    }
}
