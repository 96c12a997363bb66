// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestorePlanner;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who wants one hour of a month back reads the segments of that hour and no others, and plans without reading any. */
class SelectiveReadTest {

    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
    private static final long MONTH_BEGINS =
            Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final int DAYS = 30;

    /** A segment takes this long to fill, so that hours and segments do not begin together. */
    private static final Duration SEGMENT = Duration.ofMinutes(115);

    private static final int RECORDS_OF_A_SEGMENT = 50;

    /** Producers send late, so that segments overlap in time. */
    private static final Duration LATE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private final Random random = new Random(20);
    private final Map<String, Long> readBytes = new ConcurrentHashMap<>();

    private List<SegmentRecord> records(long firstOffset, long beginMs) {
        long distance = SEGMENT.toMillis() / RECORDS_OF_A_SEGMENT;
        List<SegmentRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS_OF_A_SEGMENT; i++) {
            long late = random.nextLong(LATE.toMillis());
            records.add(BackupFixture.record(firstOffset + i, beginMs + i * distance - late));
        }
        return records;
    }

    @Test
    void anHourOfAMonthReadsHardlyMoreThanTheSegmentsThatHoldIt() throws IOException {
        TimeRange hour = new TimeRange(
                MONTH_BEGINS + Duration.ofHours(17 * 24 + 13).toMillis(),
                MONTH_BEGINS + Duration.ofHours(17 * 24 + 14).toMillis());
        try (BackupFixture backup = new BackupFixture(folder)) {
            long bytesOfTheHour = 0;
            long bytesOfTheMonth = 0;
            List<Long> wanted = new ArrayList<>();
            long offset = 0;
            for (long begin = 0; begin < Duration.ofDays(DAYS).toMillis(); begin += SEGMENT.toMillis()) {
                List<SegmentRecord> records = records(offset, MONTH_BEGINS + begin);
                offset += RECORDS_OF_A_SEGMENT;
                SegmentName name =
                        backup.segment(ORDERS.partition(0), records.get(0).offset(), offset, records);
                bytesOfTheMonth += name.sizeBytes();
                long before = wanted.size();
                records.stream()
                        .filter(record -> hour.contains(record.timestamp()))
                        .forEach(record -> wanted.add(record.offset()));
                bytesOfTheHour += wanted.size() > before ? name.sizeBytes() : 0;
            }

            TopicPlan topic = plan(backup, hour);
            assertThat(bytesOfSegments())
                    .as("bytes of segments that the plan has read")
                    .isZero();

            assertThat(offsets(backup, topic)).containsExactlyElementsOf(wanted);
            assertThat(bytesOfSegments())
                    .as("read for %d bytes of segments that hold the hour, of %d", bytesOfTheHour, bytesOfTheMonth)
                    .isBetween(bytesOfTheHour, bytesOfTheHour * 11 / 10);
        }
    }

    private long bytesOfSegments() {
        return readBytes.entrySet().stream()
                .filter(read -> read.getKey().endsWith(".parquet"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private TopicPlan plan(BackupFixture backup, TimeRange time) throws IOException {
        try (CountedReads storage = new CountedReads(backup.location().open(), readBytes)) {
            return new RestorePlanner(storage)
                    .plan(List.of(new RestoreSelection(
                            "orders", "restored", IncarnationChoice.NEWEST, Set.of(), RecordSelection.of(time))))
                    .get(0);
        }
    }

    private List<Long> offsets(BackupFixture backup, TopicPlan topic) {
        RestorePlan plan = new RestorePlan(
                "hour", Instant.ofEpochMilli(MONTH_BEGINS), "source", "target", OnCorrupt.STOP, List.of(topic));
        List<Long> offsets = new ArrayList<>();
        CountedReads storage = new CountedReads(backup.location().open(), readBytes);
        try (SelectedRecords records = SelectedRecords.of(
                storage, plan, topic, topic.partitions().get(0), SelectiveReadTest.class.getClassLoader())) {
            records.forEachRemaining(record -> offsets.add(record.record().offset()));
        }
        return offsets;
    }
}
