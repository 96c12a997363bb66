// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupHistoryTest {

    private static final Uuid OLD = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final Uuid NEW = Uuid.fromString("AAAAAAAAQACAAAAAAAAAAg");
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant MIDNIGHT = Instant.parse("2026-11-23T00:00:00Z");

    @TempDir
    private Path folder;

    private BackupStorage storage;
    private GroupHistory history;

    @BeforeEach
    void open() {
        storage = StorageLocation.parse(folder.toString()).open();
        history = new GroupHistory(storage);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void withoutEntriesNothingIsKnown() throws IOException {
        assertThat(history.asOf(NOON).all()).isEmpty();
        assertThat(history.asOf(NOON).asOf()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void anEntryCountsFromExactlyItsMomentOn() throws IOException {
        history.append(full(NOON, offset("billing", OLD, 0, 10)));
        history.append(changes(NOON.plusMillis(1_000), offset("billing", OLD, 0, 20)));

        assertThat(history.asOf(NOON.minusMillis(1)).all()).isEmpty();
        assertThat(history.asOf(NOON).all()).containsExactly(offset("billing", OLD, 0, 10));
        assertThat(history.asOf(NOON.plusMillis(999)).all()).containsExactly(offset("billing", OLD, 0, 10));
        assertThat(history.asOf(NOON.plusMillis(1_000)).all()).containsExactly(offset("billing", OLD, 0, 20));
        assertThat(history.asOf(NOON.plusMillis(1_000)).asOf()).isEqualTo(NOON.plusMillis(1_000));
        assertThat(history.asOf(NOON.plusSeconds(999)).asOf()).isEqualTo(NOON.plusMillis(1_000));
    }

    @Test
    void changesOverSeveralDaysAddToTheLastFullEntry() throws IOException {
        history.append(full(NOON, offset("billing", OLD, 0, 10), offset("audit", OLD, 1, 5)));
        history.append(changes(MIDNIGHT.minusMillis(1), offset("billing", OLD, 0, 20)));
        history.append(changes(MIDNIGHT, offset("billing", OLD, 1, 3)));
        history.append(changes(MIDNIGHT.plusSeconds(5 * 86_400), offset("audit", OLD, 1, 6)));

        assertThat(history.asOf(MIDNIGHT.minusMillis(1)).all())
                .containsExactly(offset("audit", OLD, 1, 5), offset("billing", OLD, 0, 20));
        assertThat(history.asOf(MIDNIGHT).all())
                .containsExactly(
                        offset("audit", OLD, 1, 5), offset("billing", OLD, 0, 20), offset("billing", OLD, 1, 3));
        assertThat(history.asOf(MIDNIGHT.plusSeconds(6 * 86_400)).all())
                .containsExactly(
                        offset("audit", OLD, 1, 6), offset("billing", OLD, 0, 20), offset("billing", OLD, 1, 3));
    }

    @Test
    void whatIsNotInAFullEntryIsGone() throws IOException {
        history.append(full(NOON, offset("billing", OLD, 0, 10), offset("audit", OLD, 1, 5)));
        history.append(full(MIDNIGHT, offset("audit", OLD, 1, 5)));

        assertThat(history.asOf(MIDNIGHT).all()).containsExactly(offset("audit", OLD, 1, 5));
    }

    @Test
    void whatAGroupGaveUpIsGoneUntilItCommitsAgain() throws IOException {
        history.append(full(NOON, offset("billing", OLD, 0, 10), offset("audit", OLD, 1, 5)));
        history.append(
                new GroupSnapshot(NOON.plusSeconds(1), false, List.of(), List.of(offset("billing", OLD, 0, 10))));
        history.append(changes(NOON.plusSeconds(2), offset("billing", OLD, 0, 1)));

        assertThat(history.asOf(NOON.plusSeconds(1)).all()).containsExactly(offset("audit", OLD, 1, 5));
        assertThat(history.asOf(NOON.plusSeconds(2)).all())
                .containsExactly(offset("audit", OLD, 1, 5), offset("billing", OLD, 0, 1));
    }

    @Test
    void offsetsOfTwoIncarnationsStandSideBySide() throws IOException {
        history.append(full(NOON, offset("billing", OLD, 0, 1_000)));
        history.append(changes(NOON.plusSeconds(1), offset("billing", NEW, 0, 2)));

        assertThat(history.asOf(MIDNIGHT).all())
                .containsExactlyInAnyOrder(offset("billing", OLD, 0, 1_000), offset("billing", NEW, 0, 2));
    }

    @Test
    void ofOneMomentTheFullEntryCountsBeforeTheChanges() throws IOException {
        for (int i = 0; i < 8; i++) {
            Instant moment = NOON.plusSeconds(i);
            history.append(full(moment, offset("billing", OLD, 0, 10)));
            history.append(changes(moment, offset("billing", OLD, 0, 9)));

            assertThat(history.asOf(moment).all()).as("moment %d", i).containsExactly(offset("billing", OLD, 0, 10));
        }
    }

    @Test
    void theEndOfTimeAsksForTheNewest() throws IOException {
        history.append(full(NOON, offset("billing", OLD, 0, 10)));

        assertThat(history.asOf(Instant.MAX).all()).hasSize(1);
        assertThat(history.asOf(Instant.MIN).all()).isEmpty();
    }

    @Test
    void whatIsNoEntryIsIgnored() throws IOException {
        history.append(full(NOON, offset("billing", OLD, 0, 10)));
        storage.publish("groups/2026-11-22/readme.txt", ObjectContent.of(new byte[1]));
        storage.publish("groups/2026-11-22/9999999999999999999-full-0000.json", ObjectContent.of(new byte[1]));
        storage.publish("groups/0-backup-copy/1763812800000-full-0000.json", ObjectContent.of(new byte[1]));

        assertThat(history.asOf(MIDNIGHT).all()).hasSize(1);
    }

    @Test
    void changesTellWhatWasKnownBeforeAndEachStepAfterIt() throws IOException {
        history.append(full(NOON, offset("billing", OLD, 0, 10), offset("audit", OLD, 1, 5)));
        history.append(changes(NOON.plusSeconds(1), offset("billing", OLD, 0, 20)));
        history.append(full(NOON.plusSeconds(2), offset("billing", OLD, 0, 20), offset("audit", OLD, 1, 5)));
        history.append(new GroupSnapshot(NOON.plusSeconds(3), false, List.of(), List.of(offset("audit", OLD, 1, 5))));
        history.append(full(MIDNIGHT, offset("billing", OLD, 0, 30)));
        history.append(full(MIDNIGHT.plusSeconds(1)));

        assertThat(history.changes(NOON, MIDNIGHT, e -> {}))
                .containsExactly(
                        new GroupChange(NOON, offset("audit", OLD, 1, 5), false),
                        new GroupChange(NOON, offset("billing", OLD, 0, 10), false),
                        new GroupChange(NOON.plusSeconds(1), offset("billing", OLD, 0, 20), false),
                        new GroupChange(NOON.plusSeconds(3), offset("audit", OLD, 1, 5), true),
                        new GroupChange(MIDNIGHT, offset("billing", OLD, 0, 30), false));
        assertThat(history.changes(MIDNIGHT, Instant.MAX, e -> {}))
                .containsExactly(
                        new GroupChange(MIDNIGHT, offset("billing", OLD, 0, 30), false),
                        new GroupChange(MIDNIGHT.plusSeconds(1), offset("billing", OLD, 0, 30), true));
    }

    @Test
    void whatCannotBeReadIsToldAndHidesNothingElse() throws IOException {
        history.append(full(NOON, offset("billing", OLD, 0, 10)));
        history.append(changes(NOON.plusSeconds(1), offset("billing", OLD, 0, 20)));
        storage.publish(
                "groups/2026-11-22/" + NOON.plusSeconds(2).toEpochMilli() + "-full-0000.json",
                ObjectContent.of(new byte[1]));
        history.append(changes(NOON.plusSeconds(3), offset("audit", OLD, 1, 5)));

        List<String> unreadable = new ArrayList<>();
        assertThat(history.asOf(MIDNIGHT, e -> unreadable.add(e.getMessage())).all())
                .containsExactly(offset("audit", OLD, 1, 5), offset("billing", OLD, 0, 20));
        assertThat(unreadable).singleElement().asString().contains("-full-0000.json");
    }

    @Test
    void aDamagedEntryIsNamed() throws IOException {
        storage.publish("groups/2026-11-22/" + NOON.toEpochMilli() + "-full-0000.json", ObjectContent.of(new byte[1]));

        assertThatThrownBy(() -> history.asOf(MIDNIGHT))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageStartingWith(
                        "groups/2026-11-22/" + NOON.toEpochMilli() + "-full-0000.json: it is not the expected JSON: ");
    }

    private static GroupSnapshot full(Instant takenAt, GroupOffset... offsets) {
        return new GroupSnapshot(takenAt, true, List.of(offsets), List.of());
    }

    private static GroupSnapshot changes(Instant takenAt, GroupOffset... offsets) {
        return new GroupSnapshot(takenAt, false, List.of(offsets), List.of());
    }

    private static GroupOffset offset(String group, Uuid topicId, int partition, long offset) {
        return new GroupOffset(group, "orders", topicId, partition, offset);
    }
}
