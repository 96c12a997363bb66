// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import static dev.kafkabackup.segment.Segments.ORDERS_3;
import static dev.kafkabackup.segment.Segments.bytes;
import static dev.kafkabackup.segment.Segments.full;
import static dev.kafkabackup.segment.Segments.record;
import static dev.kafkabackup.segment.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.Segments;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PartitionRecordsTest {

    private static final long SEED = 20_261_122;

    private final Map<SegmentName, byte[]> objects = new HashMap<>();
    private final List<SegmentName> loaded = new ArrayList<>();

    @Test
    void segmentsFollowOneAnother() {
        publish(full(0, 10, 1), full(10, 20, 1), full(30, 40, 1));

        assertThat(offsets(0)).isEqualTo(offsets(LongStream.range(0, 20), LongStream.range(30, 40)));
    }

    @Test
    void eachOffsetComesOnceHoweverSegmentsOverlap() {
        publish(full(0, 10, 1), full(5, 15, 1), full(0, 30, 1), full(14, 15, 1));

        assertThat(offsets(0)).isEqualTo(offsets(LongStream.range(0, 30)));
    }

    @Test
    void aRecordThatOneSegmentHasAndAnotherLacksCounts() {
        publish(
                segment(0, 10, 1, List.of(record(1, 1), record(5, 1))),
                segment(0, 10, 1, List.of(record(2, 1), record(5, 1), record(9, 1))));

        assertThat(offsets(0)).containsExactly(1L, 2L, 5L, 9L);
    }

    @Test
    void theSameContentUnderAnotherEpochIsNoConflict() {
        publish(segment(0, 10, 3, List.of(record(1, 1, "same"))), segment(0, 11, 3, List.of(record(1, 2, "same"))));

        assertThat(offsets(0)).containsExactly(1L);
    }

    @Test
    void overruledRecordsAreNotRead() {
        publish(full(0, 10, 1), full(5, 8, 2));

        assertThat(read(0))
                .extracting(record -> record.offset() + " of " + record.leaderEpoch())
                .containsExactly("0 of 1", "1 of 1", "2 of 1", "3 of 1", "4 of 1", "5 of 2", "6 of 2", "7 of 2");
    }

    @Test
    void theSameOffsetWithDifferentContentStopsNamingBothAndGoesOnBehindIt() {
        EncodedSegment one = segment(0, 10, 1, List.of(record(1, 1), record(5, 1, "one"), record(7, 1)));
        EncodedSegment other = segment(0, 11, 1, List.of(record(1, 1), record(5, 1, "other"), record(8, 1)));
        publish(one, other);

        try (PartitionRecords records = open(0)) {
            assertThat(records.next().offset()).isEqualTo(1);
            assertThatThrownBy(records::next)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessage(
                            "%s: its record at offset 5 of %s differs from the one in %s, and nothing tells which is right",
                            path(other), ORDERS_3, path(one));
            assertThat(rest(records)).containsExactly(7L, 8L);
        }
    }

    @Test
    void readingBeginsAtTheWantedOffsetAndLoadsNothingBeforeIt() {
        publish(full(0, 10, 1), full(10, 20, 1), full(20, 30, 1));

        assertThat(offsets(15)).isEqualTo(offsets(LongStream.range(15, 30)));
        assertThat(loaded).extracting(name -> name.range().startOffset()).containsExactly(10L, 20L);
        assertThat(offsets(30)).isEmpty();
    }

    @Test
    void segmentsWithoutRecordsAreNotLoaded() {
        publish(full(0, 10, 1), segment(10, 500, 1, List.of()), full(500, 501, 1));

        assertThat(offsets(0)).hasSize(11);
        assertThat(loaded).hasSize(2);
    }

    @Test
    void aSegmentIsLoadedOnlyWhenItsTurnComes() {
        publish(full(0, 10, 1), full(10, 20, 1));

        try (PartitionRecords records = open(0)) {
            for (int i = 0; i < 10; i++) {
                records.next();
            }
            assertThat(loaded).hasSize(1);
            records.next();
            assertThat(loaded).hasSize(2);
        }
    }

    @Test
    void aPartitionWithoutSegmentsHasNoRecords() {
        try (PartitionRecords records = open(0)) {
            assertThat(records.hasNext()).isFalse();
            assertThatThrownBy(records::next)
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessage("Partition %s has no more records", ORDERS_3);
        }
    }

    @Test
    void aDamagedSegmentStopsBeforeItsRecordsAndIsLeftOutWhenAskedAgain() {
        EncodedSegment damaged = full(10, 20, 1);
        publish(full(0, 10, 1), damaged, full(15, 30, 1));
        objects.get(damaged.name())[100] ^= 1;

        try (PartitionRecords records = open(0)) {
            for (long offset = 0; offset < 10; offset++) {
                assertThat(records.next().offset()).isEqualTo(offset);
            }
            assertThatThrownBy(records::next)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessage(
                            "%s: segment of offsets [10, 20) is damaged: it cannot be read as a segment: its bytes do not fit their checksum",
                            path(damaged));
            assertThat(rest(records)).isEqualTo(offsets(LongStream.range(15, 30)));
        }
    }

    @Test
    void whatCouldNotBeLoadedIsLoadedWhenAskedAgain() {
        publish(full(0, 10, 1), full(10, 20, 1));
        SegmentName second = loadable().segments().get(1).name();
        try (PartitionRecords records = open(0)) {
            byte[] bytes = objects.remove(second);
            for (int i = 0; i < 10; i++) {
                records.next();
            }
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(records::next)
                        .isExactlyInstanceOf(FailedException.class)
                        .hasMessage(
                                "Segment %s of offsets [10, 20) cannot be read: away for a moment",
                                BackupLayout.segment(ORDERS_3, second));
            }
            objects.put(second, bytes);
            assertThat(rest(records)).isEqualTo(offsets(LongStream.range(10, 20)));
        }
    }

    @Test
    void anySegmentsOfOneLogGiveTheLog() {
        Random random = new Random(SEED);
        for (int round = 0; round < 60; round++) {
            objects.clear();
            TreeMap<Long, SegmentRecord> log = new TreeMap<>();
            for (long offset = 0; offset < 60; offset++) {
                if (random.nextInt(4) > 0) {
                    log.put(offset, record(offset, 2));
                }
            }
            TreeMap<Long, SegmentRecord> expected = new TreeMap<>();
            for (int i = 1 + random.nextInt(6); i > 0; i--) {
                long start = random.nextInt(50);
                long end = start + 1 + random.nextInt(20);
                List<SegmentRecord> records =
                        new ArrayList<>(log.subMap(start, end).values());
                records.removeIf(any -> random.nextInt(5) == 0); // log compaction
                records.forEach(record -> expected.put(record.offset(), record));
                publish(segment(start, end, 2, records));
            }
            long from = random.nextInt(20);

            assertThat(Segments.describe(read(from)))
                    .as("seed %d, round %d", SEED, round)
                    .isEqualTo(Segments.describe(expected.tailMap(from).values()));
        }
    }

    private void publish(EncodedSegment... segments) {
        for (EncodedSegment segment : segments) {
            objects.put(segment.name(), bytes(segment));
        }
    }

    private PartitionSegments loadable() {
        List<StoredObject> listing = new ArrayList<>();
        objects.forEach((name, bytes) ->
                listing.add(new StoredObject(BackupLayout.segment(ORDERS_3, name), bytes.length, Instant.EPOCH)));
        Collections.shuffle(listing, new Random(SEED));
        return PartitionSegments.of(ORDERS_3, listing);
    }

    private PartitionRecords open(long fromOffset) {
        return new PartitionRecords(ORDERS_3, loadable().slices(), this::load, fromOffset);
    }

    private byte[] load(SegmentName name) throws IOException {
        byte[] bytes = objects.get(name);
        if (bytes == null) {
            throw new IOException("away for a moment");
        }
        loaded.add(name);
        return bytes;
    }

    private List<SegmentRecord> read(long fromOffset) {
        loaded.clear();
        List<SegmentRecord> records = new ArrayList<>();
        try (PartitionRecords partition = open(fromOffset)) {
            partition.forEachRemaining(records::add);
        }
        return records;
    }

    private List<Long> offsets(long fromOffset) {
        return read(fromOffset).stream().map(SegmentRecord::offset).toList();
    }

    private static List<Long> rest(PartitionRecords records) {
        List<Long> offsets = new ArrayList<>();
        records.forEachRemaining(record -> offsets.add(record.offset()));
        return offsets;
    }

    private static List<Long> offsets(LongStream... streams) {
        return Arrays.stream(streams).flatMap(LongStream::boxed).toList();
    }

    private static String path(EncodedSegment segment) {
        return BackupLayout.segment(ORDERS_3, segment.name());
    }
}
