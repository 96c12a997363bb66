// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentSplitReaderTest {

    private static final TopicIdPartition ORDERS_3 =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");

    @TempDir
    Path folder;

    private BackupFixture backup;
    private SegmentSplitReader reader;

    @BeforeEach
    void open() {
        backup = new BackupFixture(folder);
        reader = new SegmentSplitReader(
                new ReadAhead(backup.location().open(), "read-ahead"),
                damage -> {},
                getClass().getClassLoader());
    }

    @AfterEach
    void close() {
        reader.close();
        backup.close();
    }

    private OffsetRange segment(long start, long end) throws IOException {
        return backup.segment(
                        ORDERS_3,
                        start,
                        end,
                        LongStream.range(start, end)
                                .mapToObj(offset -> BackupFixture.record(offset, offset))
                                .toList())
                .range();
    }

    private static SegmentSplit split(TimeRange time, long nextOffset, OffsetRange... segments) {
        return new SegmentSplit(
                new TopicPartition("target", 3),
                RecordSelection.of(time),
                OnCorrupt.STOP,
                nextOffset,
                List.of(new SourceOffsets(
                        ORDERS_3, Coverage.of(List.of(segments)).ranges(), 1)));
    }

    private List<Long> readAll(SegmentSplit... splits) throws IOException {
        reader.handleSplitsChanges(new SplitsAddition<>(List.of(splits)));
        List<Long> offsets = new ArrayList<>();
        Set<String> finished = new HashSet<>();
        while (finished.size() < splits.length) {
            RecordsWithSplitIds<RestoreRecord> batch = reader.fetch();
            int records = 0;
            if (batch.nextSplit() != null) {
                RestoreRecord record;
                while ((record = batch.nextRecordFromSplit()) != null) {
                    offsets.add(record.record().offset());
                    records++;
                }
            }
            assertThat(records).isLessThanOrEqualTo(SegmentSplitReader.BATCH_RECORDS);
            finished.addAll(batch.finishedSplits());
        }
        return offsets;
    }

    @Test
    void everyOffsetComesOnceInBatchesOfBoundedSize() throws IOException {
        assertThat(readAll(
                        split(TimeRange.UNBOUNDED, 0, segment(0, 5_000), segment(4_000, 6_000), segment(6_000, 6_001))))
                .containsExactlyElementsOf(LongStream.range(0, 6_001).boxed().toList());
    }

    @Test
    void readingGoesOnAtTheNextOffset() throws IOException {
        assertThat(readAll(split(TimeRange.UNBOUNDED, 7, segment(0, 5), segment(5, 10))))
                .containsExactly(7L, 8L, 9L);
    }

    @Test
    void recordsOutsideOfTheTimeAreLeftOut() throws IOException {
        assertThat(readAll(split(new TimeRange(3, 6), 0, segment(0, 10)))).containsExactly(3L, 4L, 5L);
    }

    @Test
    void aWakeUpLosesNothing() throws IOException {
        SegmentSplit split = split(TimeRange.UNBOUNDED, 0, segment(0, 3_000), segment(3_000, 6_000));
        reader.wakeUp();

        assertThat(readAll(split))
                .containsExactlyElementsOf(LongStream.range(0, 6_000).boxed().toList());
    }

    @Test
    void theNextPartitionIsReadFromTheStorageBeforeTheOneBeforeItIsDone() throws IOException {
        Map<String, Long> readBytes = new ConcurrentHashMap<>();
        TopicIdPartition other = new TopicIdPartition(ORDERS_3.topicId(), 4, "orders");
        SegmentName next = backup.segment(other, 0, 1, List.of(BackupFixture.record(0, 0)));
        reader.close();
        reader = new SegmentSplitReader(
                new ReadAhead(new CountedReads(backup.location().open(), readBytes), "read-ahead"),
                damage -> {},
                getClass().getClassLoader());
        reader.handleSplitsChanges(new SplitsAddition<>(List.of(
                split(TimeRange.UNBOUNDED, 0, segment(0, 5_000)),
                new SegmentSplit(
                        new TopicPartition("target", 4),
                        RecordSelection.ALL,
                        OnCorrupt.STOP,
                        0,
                        List.of(new SourceOffsets(other, List.of(next.range()), 1))))));

        RecordsWithSplitIds<RestoreRecord> batch = reader.fetch();

        assertThat(batch.finishedSplits())
                .as("3,000 of its records are still to come")
                .isEmpty();
        await().until(() -> readBytes.containsKey(BackupLayout.segment(other, next)));
    }

    @Test
    void aMissingSegmentEndsTheJobForGoodNamingObjectAndOffsets() throws IOException {
        OffsetRange present = segment(0, 3);
        OffsetRange missing = segment(3, 6);
        String folder = BackupLayout.partition(ORDERS_3);
        for (StoredObject object : backup.storage().list(folder)) {
            if (object.fileName().startsWith("00000000000000000003_")) {
                backup.storage().delete(object.path());
            }
        }

        assertThatThrownBy(() -> readAll(split(TimeRange.UNBOUNDED, 0, present, missing)))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .isInstanceOf(CorruptDataException.class)
                .hasMessage(folder + ": the segment of offsets [3, 6) is gone");
    }
}
