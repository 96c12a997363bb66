// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestorePlanner;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.source.SelectedRecords;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever one bit makes of a segment's name: everything is restored, or the restore says what is wrong. */
class DamagedNamesTest {

    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    @TempDir
    Path folder;

    @Test
    void noFlippedBitOfANameLosesARecordSilently() throws IOException {
        try (BackupFixture backup = new BackupFixture(folder)) {
            List<SegmentName> names = new ArrayList<>();
            for (long start = 0; start < 30; start += 10) {
                names.add(segment(backup, start));
            }
            Path right = folder.resolve(BackupLayout.segment(ORDERS.partition(0), names.get(1)));
            int tried = 0;
            int found = 0;
            for (String wrong : withOneBitFlipped(names.get(1).fileName())) {
                Path renamed = Files.move(right, right.resolveSibling(wrong));
                tried++;
                try {
                    assertThat(restored(backup))
                            .as(wrong)
                            .isEqualTo(LongStream.range(0, 30).boxed().toList());
                } catch (FailedException e) {
                    found++;
                    assertThat(e.getMessage()).as(wrong).contains(wrong);
                }
                Files.move(renamed, right);
            }
            assertThat(restored(backup)).hasSize(30);
            assertThat(tried).isGreaterThan(300);
            assertThat(found).as("of %d names", tried).isEqualTo(tried);
        }
    }

    private static SegmentName segment(BackupFixture backup, long start) throws IOException {
        List<SegmentRecord> records = LongStream.range(start, start + 10)
                .mapToObj(offset -> BackupFixture.record(offset, 1_700_000_000_000L + offset))
                .toList();
        return backup.segment(ORDERS.partition(0), start, start + 10, records);
    }

    /** Names that a file can have. */
    private static List<String> withOneBitFlipped(String name) {
        List<String> flipped = new ArrayList<>();
        for (int i = 0; i < name.length(); i++) {
            for (int bit = 0; bit < 7; bit++) {
                char other = (char) (name.charAt(i) ^ (1 << bit));
                if (other >= ' ' && other < 127 && other != '/') {
                    flipped.add(name.substring(0, i) + other + name.substring(i + 1));
                }
            }
        }
        return flipped;
    }

    private static List<Long> restored(BackupFixture backup) throws IOException {
        TopicPlan topic = new RestorePlanner(backup.storage())
                .plan(List.of(RestoreSelection.of("orders", "restored")))
                .get(0);
        RestorePlan plan = new RestorePlan("id", Instant.EPOCH, "source", "target", OnCorrupt.STOP, List.of(topic));
        plan.requireUndamaged();
        List<Long> offsets = new ArrayList<>();
        try (SelectedRecords records = SelectedRecords.of(
                backup.location().open(),
                plan,
                topic,
                topic.partitions().get(0),
                DamagedNamesTest.class.getClassLoader())) {
            records.forEachRemaining(record -> offsets.add(record.record().offset()));
        }
        return offsets;
    }
}
