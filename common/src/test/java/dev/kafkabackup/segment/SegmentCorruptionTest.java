// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import static dev.kafkabackup.segment.Segments.ORDERS_3;
import static dev.kafkabackup.segment.Segments.bytes;
import static dev.kafkabackup.segment.Segments.describe;
import static dev.kafkabackup.segment.Segments.read;
import static dev.kafkabackup.segment.Segments.record;
import static dev.kafkabackup.segment.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.offset.OffsetRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever happens to an object: reading it gives the records that were written, or says that it is damaged, with its
 * name and its range. There is no third thing.
 */
@Timeout(120)
class SegmentCorruptionTest {

    private static final long SEED = 20_261_122;

    @Test
    void everyFlippedBitOfASmallSegmentIsFound() {
        EncodedSegment segment = segmentWithHoles(100, 60);
        byte[] right = bytes(segment);
        Random random = new Random(SEED);
        for (int position = 0; position < right.length; position++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = right.clone();
                damaged[position] ^= (byte) (1 << bit);
                assertThatThrownBy(() -> read(segment.name(), damaged))
                        .as("byte %d of %d, bit %d", position, right.length, bit)
                        .isInstanceOf(CorruptDataException.class);
            }
            assertHarmlessOrFound(segment, right, position, 1 + random.nextInt(255));
        }
    }

    /** Where columns have several pages, the footer says how many values they have, and a reader believes it. */
    @Test
    void flippedBitsOfASegmentWithManyPagesAreHarmlessOrFound() {
        EncodedSegment segment = segmentWithHoles(100, 42_000);
        byte[] right = bytes(segment);
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000; i++) {
            assertHarmlessOrFound(segment, right, random.nextInt(right.length), 1 + random.nextInt(255));
        }
        int footer = 3_000;
        for (int i = 0; i < 2_000; i++) {
            int position = right.length - 1 - random.nextInt(footer);
            assertHarmlessOrFound(segment, right, position, 1 << random.nextInt(8));
        }
    }

    @Test
    void overwrittenStretchesAreHarmlessOrFound() {
        EncodedSegment segment = segmentWithHoles(100, 1_000);
        byte[] right = bytes(segment);
        Random random = new Random(SEED);
        for (int i = 0; i < 1_000; i++) {
            byte[] damaged = right.clone();
            int from = random.nextInt(right.length);
            int to = Math.min(right.length, from + 1 + random.nextInt(512));
            if (i % 2 == 0) {
                Arrays.fill(damaged, from, to, (byte) 0);
            } else {
                byte[] noise = new byte[to - from];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, damaged, from, noise.length);
            }
            assertHarmlessOrFound(segment, right, damaged, "seed " + SEED + ", overwritten [" + from + ", " + to + ")");
        }
    }

    private static void assertHarmlessOrFound(EncodedSegment segment, byte[] right, int position, int mask) {
        byte[] damaged = right.clone();
        damaged[position] ^= (byte) mask;
        assertHarmlessOrFound(
                segment, right, damaged, "seed " + SEED + ", byte " + position + " of " + right.length + " ^ " + mask);
    }

    private static void assertHarmlessOrFound(EncodedSegment segment, byte[] right, byte[] damaged, String how) {
        List<SegmentRecord> records;
        try {
            records = read(segment.name(), damaged);
        } catch (CorruptDataException e) {
            assertThat(e.getMessage())
                    .as(how)
                    .startsWith(segment.name().fileName() + ": segment of offsets "
                            + segment.name().range() + " is damaged: ");
            return;
        } catch (RuntimeException | Error e) {
            fail(how, e);
            return;
        }
        assertThat(describe(records)).as(how).isEqualTo(describe(read(segment.name(), right)));
    }

    @Test
    void aTruncatedObjectIsNoSegmentWhateverItsNameSays() {
        EncodedSegment segment = segmentWithHoles(100, 60);
        byte[] right = bytes(segment);
        for (int length = 0; length < right.length; length++) {
            byte[] truncated = Arrays.copyOf(right, length);
            String size = "its size is " + length + " bytes, its name says " + right.length;
            assertThatThrownBy(() -> read(segment.name(), truncated))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessage("%s: segment of offsets [100, 160) is damaged: %s", segment.name(), size);
            if (length > 0) {
                SegmentName asIfIntended = withSize(segment.name(), length);
                assertThatThrownBy(() -> read(asIfIntended, truncated))
                        .as("truncated to " + length)
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageStartingWith(asIfIntended + ": segment of offsets [100, 160) is damaged: ");
            }
        }
    }

    @Test
    void aLongerObjectIsNoSegmentWhateverItsNameSays() {
        EncodedSegment segment = segmentWithHoles(100, 60);
        byte[] right = bytes(segment);
        byte[] longer = Arrays.copyOf(right, right.length + 1);

        assertThatThrownBy(() -> read(segment.name(), longer)).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> read(withSize(segment.name(), longer.length), longer))
                .isInstanceOf(CorruptDataException.class);
    }

    private static SegmentName withSize(SegmentName name, int sizeBytes) {
        return new SegmentName(
                name.range(), name.leaderEpoch(), name.minTimestamp(), name.maxTimestamp(), name.records(), sizeBytes);
    }

    @Test
    void aPlaceOrNameThatTheFooterDoesNotConfirmIsFound() {
        EncodedSegment segment = Segments.full(100, 110, 2);
        SegmentName name = segment.name();
        byte[] bytes = bytes(segment);

        assertMoved(bytes, name, ORDERS_3.topicId(), "orders", 4);
        assertMoved(bytes, name, ORDERS_3.topicId(), "payments", 3);
        assertMoved(bytes, name, Uuid.fromString("AAAAAAAAQACAAAAAAAAAAg"), "orders", 3);
        SegmentName renamed = new SegmentName(
                new OffsetRange(110, 120), 2, name.minTimestamp(), name.maxTimestamp(), 10, name.sizeBytes());
        assertThatThrownBy(() -> read(renamed, bytes))
                .isInstanceOf(CorruptDataException.class)
                .hasMessage(
                        "%s: segment of offsets [110, 120) is damaged: its footer says that it is %s [100, 110), its place and name say %s [110, 120)",
                        renamed, ORDERS_3, ORDERS_3);
    }

    private static void assertMoved(byte[] bytes, SegmentName name, Uuid topicId, String topic, int partition) {
        TopicIdPartition place = new TopicIdPartition(topicId, partition, topic);
        assertThatThrownBy(() -> SegmentReader.open("moved", place, name, bytes))
                .isInstanceOf(CorruptDataException.class)
                .hasMessage(
                        "moved: segment of offsets [100, 110) is damaged: its footer says that it is %s [100, 110), its place and name say %s [100, 110)",
                        ORDERS_3, place);
    }

    @Test
    void twoSegmentsWithEachOthersContentAreFound() {
        EncodedSegment first = Segments.full(100, 110, 2);
        EncodedSegment second = Segments.full(110, 120, 2);

        assertThatThrownBy(() -> read(withSize(first.name(), bytes(second).length), bytes(second)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("[110, 120)");
        assertThatThrownBy(() -> read(withSize(second.name(), bytes(first).length), bytes(first)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("[100, 110)");
    }

    @Test
    void aNameWithAnotherNumberOfRecordsIsFound() {
        EncodedSegment segment = segment(100, 120, 2, List.of(record(100, 2), record(105, 2)));
        SegmentName name = segment.name();
        SegmentName more =
                new SegmentName(name.range(), 2, name.minTimestamp(), name.maxTimestamp(), 3, name.sizeBytes());

        assertThatThrownBy(() -> read(more, bytes(segment)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessage("%s: segment of offsets [100, 120) is damaged: it holds 2 records, its name says 3", more);
    }

    @Test
    void aNameWithAnotherEpochOrOtherTimestampsIsFound() {
        EncodedSegment segment = segment(100, 120, 2, List.of(record(100, 2), record(105, 2)));
        SegmentName name = segment.name();
        for (SegmentName other : List.of(
                new SegmentName(name.range(), 6, name.minTimestamp(), name.maxTimestamp(), 2, name.sizeBytes()),
                new SegmentName(name.range(), 2, name.minTimestamp() - 1, name.maxTimestamp(), 2, name.sizeBytes()),
                new SegmentName(name.range(), 2, name.minTimestamp(), name.maxTimestamp() + 1, 2, name.sizeBytes()))) {
            assertThatThrownBy(() -> read(other, bytes(segment)))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessage(
                            "%s: segment of offsets [100, 120) is damaged: it was written as %s",
                            other, name.fileName().replace("_" + name.sizeBytes() + ".parquet", ""));
        }
    }

    @Test
    void somethingElseThanParquetIsFound() {
        for (byte[] bytes : new byte[][] {bytes("{}"), bytes("PAR1PAR1"), new byte[4_096], bytes("PAR1\0\0\0\0PAR1")}) {
            SegmentName name = new SegmentName(new OffsetRange(0, 10), 0, 1, 2, 5, bytes.length);
            assertThatThrownBy(() -> read(name, bytes))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageStartingWith(name + ": segment of offsets [0, 10) is damaged: ");
        }
    }

    private static EncodedSegment segmentWithHoles(long start, int offsets) {
        List<SegmentRecord> records = new ArrayList<>();
        for (long offset = start; offset < start + offsets; offset++) {
            if (offset % 10 != 0) {
                records.add(record(offset, (int) offset % 3, offset % 7 == 0 ? null : "value " + offset % 50));
            }
        }
        return segment(start, start + offsets, 3, records);
    }
}
