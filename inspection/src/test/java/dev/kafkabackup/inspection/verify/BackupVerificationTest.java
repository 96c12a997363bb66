// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to a backup is found. */
class BackupVerificationTest {

    private static final String CLUSTER = "vPzAxR0cTHmqu5gJf3Yh2A";
    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
    private static final TopicIncarnation REBORN =
            new TopicIncarnation("orders", Uuid.fromString("ncRZJmUMR1qZ3Xog-H4d3Q"));

    @TempDir
    private Path folder;

    private StoredBackup backup;
    private Path first;
    private Path second;
    private Path third;

    @BeforeEach
    void aWholeBackup() throws IOException {
        backup = new StoredBackup(folder, CLUSTER);
        backup.metadata(ORDERS, 2);
        first = backup.segment(ORDERS.partition(0), 0, 10, 0);
        second = backup.segment(ORDERS.partition(0), 10, 20, 10);
        third = backup.segment(ORDERS.partition(0), 20, 30, 20);
        backup.segment(ORDERS.partition(1), 0, 10, 0);
    }

    @AfterEach
    void close() {
        backup.close();
    }

    @Test
    void aWholeBackupHasNoFindings() throws IOException {
        assertThat(verify(false).findings()).isEmpty();
        assertThat(verify(true).findings()).isEmpty();
        assertThat(verify(true).partitions())
                .extracting(PartitionResult::records)
                .containsExactly(30L, 10L);
    }

    @Test
    void aRemovedSegmentIsMissingAndAGapThatKafkaMadeIsNot() throws IOException {
        backup.segment(ORDERS.partition(0), 40, 50, 30);
        assertThat(kinds(verify(false))).containsExactly(Kind.GAP);

        Files.delete(third);

        assertThat(verify(false).findings())
                .extracting(Finding::kind, finding -> String.valueOf(finding.offsets()))
                .containsExactly(tuple(Kind.MISSING, "[20, 30)"), tuple(Kind.GAP, "[30, 40)"));
    }

    @Test
    void theFirstSegmentIsMissedToo() throws IOException {
        Files.delete(first);

        assertThat(kinds(verify(false))).containsExactly(Kind.MISSING);
    }

    @Test
    void aTopicThatHadExpiredBeforeTheBackupBeganHasNoGap() throws IOException {
        backup.segment(ORDERS.partition(1), 0, 10, 0);
        TopicIncarnation old = new TopicIncarnation("old", ORDERS.id());
        backup.metadata(old, 1);
        backup.segment(old.partition(0), 100, 110, 0);

        assertThat(verify(true).findings()).isEmpty();
    }

    @Test
    void everyFlippedBitOfASegmentIsFoundByReadingAllOfIt() throws IOException {
        byte[] whole = Files.readAllBytes(second);
        // all of the footer and of the headers before the first page, and the pages in steps
        for (int position = 0; position < whole.length; position += position < 80 ? 1 : 61) {
            byte[] flipped = whole.clone();
            flipped[position] ^= 4;
            Files.write(second, flipped);
            assertThat(kinds(verify(true)))
                    .as("a flipped bit at %d of %d", position, whole.length)
                    .contains(Kind.DAMAGED)
                    .isSubsetOf(Kind.DAMAGED, Kind.MISSING);
        }
    }

    @Test
    void aTruncatedObjectIsFound() throws IOException {
        byte[] whole = Files.readAllBytes(second);
        Files.write(second, Arrays.copyOf(whole, whole.length - 7));

        assertThat(kinds(verify(false))).contains(Kind.NOT_A_SEGMENT);
    }

    @Test
    void everyChangedDigitOfANameIsFound() throws IOException {
        String name = second.getFileName().toString();
        for (int i = 0; i < name.length(); i++) {
            if (Character.isDigit(name.charAt(i))) {
                char other = (char) (name.charAt(i) ^ 1);
                Path renamed = second.resolveSibling(name.substring(0, i) + other + name.substring(i + 1));
                Files.move(second, renamed);
                assertThat(verify(false).findings())
                        .as("%s", renamed)
                        .anyMatch(finding -> finding.kind() == Kind.DAMAGED || finding.kind() == Kind.NOT_A_SEGMENT);
                Files.move(renamed, second);
            }
        }
        Path noSegment = second.resolveSibling(name.replace(".parquet", "/parquet".replace('/', '-')));
        Files.move(second, noSegment);
        assertThat(kinds(verify(false))).contains(Kind.DAMAGED);
    }

    @Test
    void swappedObjectsAreFound() throws IOException {
        Path aside = second.resolveSibling("aside");
        Files.move(second, aside);
        Files.move(third, second);
        Files.move(aside, third);

        assertThat(verify(false).findings())
                .filteredOn(finding -> finding.kind() == Kind.DAMAGED || finding.kind() == Kind.NOT_A_SEGMENT)
                .hasSize(2);
    }

    @Test
    void aSegmentUnderTheWrongPartitionOrTopicIdIsFound() throws IOException {
        Path otherPartition = folder.resolve("topics/topic=orders/id=" + ORDERS.id() + "/partition=00001");
        Files.copy(third, otherPartition.resolve(third.getFileName()));
        assertThat(kinds(verify(false))).contains(Kind.DAMAGED);
        Files.delete(otherPartition.resolve(third.getFileName()));

        backup.metadata(REBORN, 1);
        Path otherTopic =
                Files.createDirectories(folder.resolve("topics/topic=orders/id=" + REBORN.id() + "/partition=00000"));
        Files.copy(first, otherTopic.resolve(first.getFileName()));
        assertThat(kinds(verify(false))).containsExactly(Kind.DAMAGED);
    }

    @Test
    void staleAndUnreadableMetadataIsFound() throws IOException {
        backup.segment(ORDERS.partition(2), 0, 10, 0);
        assertThat(kinds(verify(false))).containsExactly(Kind.METADATA);
        backup.metadata(ORDERS, 3);
        assertThat(kinds(verify(false))).isEmpty();

        Path meta = folder.resolve("topics/topic=orders/id=" + ORDERS.id() + "/meta");
        Path one;
        try (var files = Files.list(meta)) {
            one = files.sorted().findFirst().orElseThrow();
        }
        Files.copy(one, meta.resolve("9999999999999-abcd.json"));
        assertThat(kinds(verify(false))).containsExactly(Kind.METADATA);
        Files.move(meta.resolve("9999999999999-abcd.json"), one, StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(one, "{");
        assertThat(kinds(verify(false))).containsExactly(Kind.METADATA);
    }

    @Test
    void anUnreadableGroupSnapshotIsFound() throws IOException {
        Files.createDirectories(folder.resolve("groups/2026-01-01"));
        Files.writeString(folder.resolve("groups/2026-01-01/1767225600000-full-0000.json"), "{}");

        assertThat(kinds(verify(false))).containsExactly(Kind.GROUPS);
    }

    @Test
    void foreignFilesAreNamedAndNothingWrong() throws IOException {
        Files.writeString(first.resolveSibling("notes.txt"), "somebody's notes");

        assertThat(kinds(verify(true))).containsExactly(Kind.FOREIGN);
        assertThat(verify(true).partitions()).noneMatch(PartitionResult::isWrong);
    }

    private BackupVerification.Result verify(boolean deep) throws IOException {
        try (BackupVerification verification = new BackupVerification(backup.storage(), CLUSTER, deep, null, 2)) {
            return verification.run(new TreeSet<>(List.of("orders", "old")), true, new VerificationProgress());
        }
    }

    private static Set<Kind> kinds(BackupVerification.Result result) {
        Set<Kind> kinds = new TreeSet<>();
        result.findings().forEach(finding -> kinds.add(finding.kind()));
        return kinds;
    }
}
