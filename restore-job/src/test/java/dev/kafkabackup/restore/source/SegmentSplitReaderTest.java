// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.plan.TimeRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.TopicIdPartition;
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
        reader = new SegmentSplitReader(new ReadAhead(backup.location().open(), "read-ahead"));
    }

    @AfterEach
    void close() {
        reader.close();
        backup.close();
    }

    private SegmentSlice slice(long start, long end) throws IOException {
        SegmentName name = backup.segment(
                ORDERS_3,
                start,
                end,
                LongStream.range(start, end)
                        .mapToObj(offset -> BackupFixture.record(offset, offset))
                        .toList());
        return new SegmentSlice(name, name.range());
    }

    private static SegmentSplit split(TimeRange time, long nextOffset, SegmentSlice... slices) {
        return new SegmentSplit(ORDERS_3, "target", time, nextOffset, List.of(slices));
    }

    private List<Long> readAll(SegmentSplit... splits) throws IOException {
        reader.handleSplitsChanges(new SplitsAddition<>(List.of(splits)));
        List<Long> offsets = new ArrayList<>();
        Set<String> finished = new HashSet<>();
        while (finished.size() < splits.length) {
            RecordsWithSplitIds<SegmentRecord> batch = reader.fetch();
            int records = 0;
            if (batch.nextSplit() != null) {
                SegmentRecord record;
                while ((record = batch.nextRecordFromSplit()) != null) {
                    offsets.add(record.offset());
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
        assertThat(readAll(split(TimeRange.UNBOUNDED, 0, slice(0, 5_000), slice(4_000, 6_000), slice(6_000, 6_001))))
                .containsExactlyElementsOf(LongStream.range(0, 6_001).boxed().toList());
    }

    @Test
    void readingGoesOnAtTheNextOffset() throws IOException {
        assertThat(readAll(split(TimeRange.UNBOUNDED, 7, slice(0, 5), slice(5, 10))))
                .containsExactly(7L, 8L, 9L);
    }

    @Test
    void recordsOutsideOfTheTimeAreLeftOut() throws IOException {
        assertThat(readAll(split(new TimeRange(3, 6), 0, slice(0, 10)))).containsExactly(3L, 4L, 5L);
    }

    @Test
    void aWakeUpLosesNothing() throws IOException {
        SegmentSplit split = split(TimeRange.UNBOUNDED, 0, slice(0, 3_000), slice(3_000, 6_000));
        reader.wakeUp();

        assertThat(readAll(split))
                .containsExactlyElementsOf(LongStream.range(0, 6_000).boxed().toList());
    }

    @Test
    void aMissingSegmentEndsTheJobForGoodNamingObjectAndOffsets() throws IOException {
        SegmentSlice present = slice(0, 3);
        SegmentSlice missing = slice(3, 6);
        String path = BackupLayout.segment(ORDERS_3, missing.name());
        backup.storage().delete(path);

        assertThatThrownBy(() -> readAll(split(TimeRange.UNBOUNDED, 0, present, missing)))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .isInstanceOf(CorruptDataException.class)
                .hasMessage(path + ": the segment of offsets [3, 6) is gone");
    }
}
