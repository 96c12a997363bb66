// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.UnsupportedFormatVersionException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingStoreTest {

    private static final TopicIncarnation TOPIC =
            new TopicIncarnation("accounts", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
    private static final Instant EARLIER = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant LATER = Instant.parse("2026-03-03T00:00:00Z");

    @TempDir
    private Path folder;

    private BackupStorage storage = StorageLocation.parse("unused").open();

    @BeforeEach
    void open() {
        storage = StorageLocation.parse(folder.toString()).open();
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private static ReadingState state() {
        return ReadingState.NONE
                .with(
                        0,
                        new ReadProgress(
                                Sightings.NONE.with(EARLIER, 90).with(LATER, 150),
                                120,
                                List.of(new LateRead(new OffsetRange(100, 120), EARLIER, LATER))))
                .with(2, new ReadProgress(Sightings.NONE.with(LATER, 7), 7, List.of()));
    }

    @Test
    void whatWasWrittenByVersion1IsRead() throws IOException {
        try (InputStream stored = ReadingStoreTest.class.getResourceAsStream("/state/reading-v1.json")) {
            storage.publish(
                    BackupLayout.retention(TOPIC) + "/reading-1772323200000-0000002a.json",
                    ObjectContent.of(stored.readAllBytes()));
        }

        assertThat(new ReadingStore(storage).read(TOPIC).state()).isEqualTo(state());
    }

    @Test
    void whatIsWrittenIsWhatVersion1Is() throws IOException {
        String path = new ReadingStore(storage).write(TOPIC, state(), List.of()).get(0);

        assertThat(path).startsWith(BackupLayout.retention(TOPIC) + "/reading-");
        try (InputStream stored = ReadingStoreTest.class.getResourceAsStream("/state/reading-v1.json")) {
            assertThat(new String(storage.read(path), StandardCharsets.UTF_8))
                    .isEqualToIgnoringNewLines(new String(stored.readAllBytes(), StandardCharsets.UTF_8).strip());
        }
    }

    @Test
    void aNewerVersionIsRefusedAndNotHalfUnderstood() throws IOException {
        storage.publish(
                BackupLayout.retention(TOPIC) + "/reading-1-00000000.json",
                ObjectContent.of("{\"formatVersion\": 2}".getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> new ReadingStore(storage).read(TOPIC))
                .isInstanceOf(UnsupportedFormatVersionException.class);
    }

    @Test
    void writersTakeOverWhatTheyKnowAndReadersSeeAllOfThem() throws IOException {
        ReadingStore store = new ReadingStore(storage);
        String first = store.write(TOPIC, state(), List.of()).get(0);
        LateRead other = new LateRead(new OffsetRange(0, 5), EARLIER, LATER);
        store.write(TOPIC, ReadingState.NONE.with(1, new ReadProgress(Sightings.NONE, 5, List.of(other))), List.of());

        ReadingStore.Stored both = store.read(TOPIC);
        assertThat(both.objects()).hasSize(2).contains(first);
        assertThat(store.late(TOPIC))
                .isEqualTo(
                        Map.of(0, List.of(new LateRead(new OffsetRange(100, 120), EARLIER, LATER)), 1, List.of(other)));

        store.write(TOPIC, both.state(), both.objects());
        assertThat(store.read(TOPIC).objects()).hasSize(1);
        assertThat(store.read(TOPIC).state()).isEqualTo(both.state());
    }

    @Test
    void aWriterThatMayNotDeleteGoesOnAndSomebodyElseGathersWhatStayed() throws IOException {
        ReadingStore store = new ReadingStore(new WithoutDeletions(storage));
        List<String> objects = store.write(TOPIC, state(), List.of());
        objects = store.write(TOPIC, state(), objects);
        objects = store.write(TOPIC, state(), objects);

        assertThat(objects).hasSize(3);
        assertThat(store.read(TOPIC))
                .isEqualTo(new ReadingStore.Stored(state(), store.read(TOPIC).objects()));
        assertThat(store.read(TOPIC).objects()).containsExactlyInAnyOrderElementsOf(objects);

        new ReadingStore(storage).gather(TOPIC);
        assertThat(store.read(TOPIC).objects()).hasSize(1).doesNotContainAnyElementsOf(objects);
        assertThat(store.read(TOPIC).state()).isEqualTo(state());
        List<String> gathered = store.read(TOPIC).objects();
        new ReadingStore(storage).gather(TOPIC);
        assertThat(store.read(TOPIC).objects()).as("nothing to do").isEqualTo(gathered);
    }

    /** As a bucket is to somebody whose policy allows no deletion. */
    private static final class WithoutDeletions extends WrappedStorage {

        WithoutDeletions(BackupStorage storage) {
            super(storage);
        }

        @Override
        public void delete(String path) throws IOException {
            throw new AccessDeniedException(path);
        }
    }

    @Test
    void whatIsKnownOfRetentionLiesBesideItAndIsNotTouched() throws IOException {
        RetentionStore retention = new RetentionStore(storage);
        retention.write(TOPIC, RetentionState.NONE, List.of());
        new ReadingStore(storage).write(TOPIC, state(), List.of());

        assertThat(retention.read(TOPIC).objects()).hasSize(1);
        assertThat(new ReadingStore(storage).read(TOPIC).objects()).hasSize(1);
        retention.remove(TOPIC);
        assertThat(new ReadingStore(storage).late(TOPIC))
                .as("gone with the incarnation")
                .isEmpty();
    }
}
