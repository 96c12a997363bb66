// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.plan.Damage;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.ObjectContent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelectedRecordsTest {

    private static final TopicIdPartition OLD =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");
    private static final TopicIdPartition NEW =
            new TopicIdPartition(Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A"), 3, "orders");

    @TempDir
    Path folder;

    private final List<Damage> skipped = new ArrayList<>();
    private BackupFixture backup;
    private ReadAhead readAhead;

    @BeforeEach
    void open() {
        backup = new BackupFixture(folder);
        readAhead = new ReadAhead(backup.location().open(), "read-ahead");
    }

    @AfterEach
    void close() {
        readAhead.close();
        backup.close();
    }

    /** A segment whose records have their offsets as timestamps. */
    private SegmentName segment(TopicIdPartition partition, long start, long end) throws IOException {
        return backup.segment(
                partition,
                start,
                end,
                LongStream.range(start, end)
                        .mapToObj(offset -> BackupFixture.record(offset, offset))
                        .toList());
    }

    private void delete(TopicIdPartition partition, SegmentName... names) throws IOException {
        for (SegmentName name : names) {
            backup.storage().delete(BackupLayout.segment(partition, name));
        }
    }

    private void damage(TopicIdPartition partition, SegmentName name, int position) throws IOException {
        String path = BackupLayout.segment(partition, name);
        byte[] bytes = backup.storage().read(path);
        bytes[position < 0 ? bytes.length + position : position] ^= 1;
        backup.storage().publish(path, ObjectContent.of(bytes));
    }

    private static SourceOffsets source(TopicIdPartition partition, long start, long end) {
        return new SourceOffsets(partition, List.of(new OffsetRange(start, end)), 1);
    }

    private SelectedRecords records(
            OnCorrupt onCorrupt, RecordSelection selection, long nextOffset, SourceOffsets... sources) {
        return records(onCorrupt, selection, nextOffset, skipped::add, sources);
    }

    private SelectedRecords records(
            OnCorrupt onCorrupt,
            RecordSelection selection,
            long nextOffset,
            ReadingObserver observer,
            SourceOffsets... sources) {
        return new SelectedRecords(
                new SegmentSplit(new TopicPartition("target", 3), selection, onCorrupt, nextOffset, List.of(sources)),
                Optional::empty,
                readAhead,
                observer,
                getClass().getClassLoader());
    }

    private SelectedRecords all(OnCorrupt onCorrupt, SourceOffsets... sources) {
        return records(onCorrupt, RecordSelection.ALL, 0, sources);
    }

    private static List<Long> rest(SelectedRecords records) {
        List<Long> offsets = new ArrayList<>();
        records.forEachRemaining(record -> offsets.add(record.record().offset()));
        return offsets;
    }

    private static List<Long> offsets(long start, long end) {
        return LongStream.range(start, end).boxed().toList();
    }

    @Test
    void sourcesComeOneAfterTheOtherEachFromItsFirstOffset() throws IOException {
        segment(OLD, 5, 10);
        segment(NEW, 0, 3);

        List<RestoreRecord> all = new ArrayList<>();
        all(OnCorrupt.STOP, source(OLD, 5, 10), source(NEW, 0, 3)).forEachRemaining(all::add);

        assertThat(all).extracting(RestoreRecord::source).containsExactly(OLD, OLD, OLD, OLD, OLD, NEW, NEW, NEW);
        assertThat(all).extracting(record -> record.record().offset()).containsExactly(5L, 6L, 7L, 8L, 9L, 0L, 1L, 2L);
        assertThat(all).extracting(RestoreRecord::target).containsOnly("target");
    }

    @Test
    void whatHasNoTimestampIsToldApartByWhetherTheTimeRangeLeavesItOut() throws IOException {
        backup.segment(
                OLD,
                0,
                8,
                LongStream.range(0, 8)
                        .mapToObj(offset -> BackupFixture.record(offset, offset % 2 == 0 ? -1 : offset))
                        .toList());
        List<String> met = new ArrayList<>();
        ReadingObserver observer = new ReadingObserver() {
            @Override
            public void skipped(Damage damage) {
                skipped.add(damage);
            }

            @Override
            public void metWithoutTimestamp(TopicIdPartition source, long offset, boolean restored) {
                met.add(source.partition() + ":" + offset + (restored ? " restored" : " left out"));
            }
        };
        RecordSelection fromOne = new RecordSelection(
                TimeRange.from(1),
                List.of(),
                Map.of(),
                Map.of(OLD.partition(), List.of(new OffsetRange(4, 5))),
                List.of(),
                null);

        assertThat(rest(records(OnCorrupt.STOP, fromOne, 0, observer, source(OLD, 0, 7))))
                .containsExactly(1L, 3L, 5L);
        assertThat(met)
                .as("not 4, which is skipped, and not what was not planned")
                .containsExactly("3:0 left out", "3:2 left out", "3:6 left out");

        met.clear();
        assertThat(rest(records(OnCorrupt.STOP, RecordSelection.ALL, 5, observer, source(OLD, 0, 7))))
                .containsExactly(5L, 6L);
        assertThat(met).containsExactly("3:6 restored");
    }

    @Test
    void readingGoesOnWhereMergedSegmentsCoverTheOffsetNow() throws IOException {
        SegmentName first = segment(OLD, 0, 10);
        SegmentName second = segment(OLD, 10, 20);
        SegmentName third = segment(OLD, 20, 30);
        SegmentName fourth = segment(OLD, 30, 40);
        SelectedRecords records = all(OnCorrupt.STOP, source(OLD, 0, 40));
        for (long offset = 0; offset < 5; offset++) {
            assertThat(records.next().record().offset()).isEqualTo(offset);
        }

        segment(OLD, 0, 40);
        delete(OLD, first, second, third, fourth);

        assertThat(rest(records)).isEqualTo(offsets(5, 40));
    }

    @Test
    void whatRetentionRemovesBehindTheReaderDoesNotMatter() throws IOException {
        SegmentName first = segment(OLD, 0, 10);
        SegmentName second = segment(OLD, 10, 20);
        SegmentName third = segment(OLD, 20, 30);
        SelectedRecords records = all(OnCorrupt.STOP, source(OLD, 0, 30));
        for (int i = 0; i < 15; i++) {
            records.next();
        }

        segment(OLD, 10, 30);
        delete(OLD, first, second, third);

        assertThat(rest(records)).isEqualTo(offsets(15, 30));
    }

    @Test
    void plannedOffsetsThatAreGoneEndTheReadingBeforeThem() throws IOException {
        SegmentName first = segment(OLD, 0, 10);
        segment(OLD, 10, 20); // may have been read ahead
        SegmentName third = segment(OLD, 20, 30);
        segment(OLD, 30, 40);
        SelectedRecords records = all(OnCorrupt.STOP, source(OLD, 0, 40));
        records.next();
        delete(OLD, first, third);
        List<Long> produced = new ArrayList<>();

        assertThatThrownBy(() -> records.forEachRemaining(
                        record -> produced.add(record.record().offset())))
                .isInstanceOf(CorruptDataException.class)
                .hasMessage(BackupLayout.partition(OLD) + ": the segment of offsets [20, 30) is gone");
        assertThat(produced).isEqualTo(offsets(1, 20));
    }

    @Test
    void plannedOffsetsThatAreGoneCanBeSkippedAndAreReported() throws IOException {
        SegmentName first = segment(OLD, 0, 10);
        segment(OLD, 10, 20);
        SegmentName last = segment(OLD, 20, 30);
        delete(OLD, first, last);

        assertThat(rest(all(OnCorrupt.SKIP, source(OLD, 0, 30)))).isEqualTo(offsets(10, 20));
        assertThat(skipped)
                .extracting(Damage::offsets)
                .containsExactly(new OffsetRange(0, 10), new OffsetRange(20, 30));
        assertThat(skipped).extracting(Damage::topicId).containsOnly(OLD.topicId());
    }

    @Test
    void aDamagedSegmentEndsTheReadingNamingObjectAndOffsets() throws IOException {
        segment(OLD, 0, 10);
        SegmentName damaged = segment(OLD, 10, 20);
        segment(OLD, 20, 30);
        damage(OLD, damaged, 100);
        List<Long> produced = new ArrayList<>();

        assertThatThrownBy(() -> all(OnCorrupt.STOP, source(OLD, 0, 30))
                        .forEachRemaining(record -> produced.add(record.record().offset())))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageStartingWith(
                        BackupLayout.segment(OLD, damaged) + ": segment of offsets [10, 20) is damaged: ");
        assertThat(produced).isEqualTo(offsets(0, 10));
    }

    @Test
    void aDamagedSegmentCanBeSkippedAndIsReported() throws IOException {
        segment(OLD, 0, 10);
        SegmentName damaged = segment(OLD, 10, 20);
        segment(OLD, 20, 30);
        damage(OLD, damaged, -20);

        assertThat(rest(all(OnCorrupt.SKIP, source(OLD, 0, 30))))
                .isEqualTo(Stream.concat(offsets(0, 10).stream(), offsets(20, 30).stream())
                        .toList());
        assertThat(skipped).singleElement().satisfies(damage -> {
            assertThat(damage.object()).isEqualTo(BackupLayout.segment(OLD, damaged));
            assertThat(damage.offsets()).isEqualTo(damaged.range());
        });
    }

    @Test
    void aRecordThatTwoSegmentsHaveDifferentlyIsSkippedAlone() throws IOException {
        segment(OLD, 0, 10);
        List<SegmentRecord> others = new ArrayList<>();
        for (long offset = 4; offset < 12; offset++) {
            others.add(BackupFixture.record(offset, offset == 6 ? 99 : offset));
        }
        backup.segment(OLD, 4, 12, others);

        assertThatThrownBy(() -> rest(all(OnCorrupt.STOP, source(OLD, 0, 12))))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("its record at offset 6 of");
        assertThat(rest(all(OnCorrupt.SKIP, source(OLD, 0, 12))))
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 7L, 8L, 9L, 10L, 11L);
        assertThat(skipped).extracting(Damage::offsets).containsExactly(new OffsetRange(6, 7));
    }

    @Test
    void whatWasNotPlannedIsNotRead() throws IOException {
        segment(OLD, 0, 30);

        assertThat(rest(all(
                        OnCorrupt.STOP,
                        new SourceOffsets(OLD, List.of(new OffsetRange(0, 10), new OffsetRange(20, 25)), 1))))
                .as("the hole was filled, and the end moved on, since the plan was made")
                .isEqualTo(Stream.concat(offsets(0, 10).stream(), offsets(20, 25).stream())
                        .toList());
    }

    @Test
    void aSelectionThatMatchesNoRecordGivesNone() throws IOException {
        segment(OLD, 0, 10);

        assertThat(rest(records(OnCorrupt.STOP, RecordSelection.of(new TimeRange(20, 30)), 0, source(OLD, 0, 10))))
                .isEmpty();
    }

    @Test
    void theOffsetToGoOnAtIsThatOfTheFirstSourceOnly() throws IOException {
        segment(OLD, 0, 10);
        segment(NEW, 0, 10);

        assertThat(rest(records(OnCorrupt.STOP, RecordSelection.ALL, 8, source(OLD, 0, 10), source(NEW, 0, 10))))
                .isEqualTo(Stream.concat(offsets(8, 10).stream(), offsets(0, 10).stream())
                        .toList());
    }

    @Test
    void aSegmentThatIsListedForEverAndNeverFoundIsGivenUp() throws IOException {
        SegmentName name = segment(OLD, 0, 10);
        readAhead.close();
        readAhead = new ReadAhead(new WithoutObject(backup.location().open(), BackupLayout.segment(OLD, name)), "gone");

        assertThatThrownBy(() -> rest(all(OnCorrupt.SKIP, source(OLD, 0, 10))))
                .isInstanceOf(FailedException.class)
                .hasMessage(BackupLayout.segment(OLD, name)
                        + ": the segment of offsets [0, 10) is listed, but cannot be found");
    }
}
