// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import static dev.kafkabackup.segment.Segments.ORDERS_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicMetadataStoreTest {

    private static final TopicIncarnation ORDERS = TopicIncarnation.of(ORDERS_3);
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    private Path folder;

    private BackupStorage storage;
    private TopicMetadataStore store;

    @BeforeEach
    void open() {
        storage = StorageLocation.parse(folder.toString()).open();
        store = new TopicMetadataStore(storage);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void withoutObjectsNothingIsKnown() throws IOException {
        assertThat(store.latest(ORDERS)).isEmpty();
        assertThat(store.history(ORDERS)).isEmpty();
    }

    @Test
    void theNewestCountsWhateverTheOrderOfWriting() throws IOException {
        TopicMetadata first = live(NOON, 3);
        TopicMetadata second = live(NOON.plusMillis(1), 6);
        TopicMetadata third = second.deleted(NOON.plusSeconds(1)).withRestoredFrom(Uuid.ONE_UUID);
        store.append(third);
        store.append(first);
        store.append(second);

        assertThat(store.latest(ORDERS)).hasValue(third);
        assertThat(store.history(ORDERS)).containsExactly(first, second, third);
        assertThat(store.latest(new TopicIncarnation("orders", Uuid.ONE_UUID))).isEmpty();
    }

    /** Numbers, not text: a clock that stood at 1970 must not look like the newest. */
    @Test
    void momentsOfDifferentLengthAreOrderedAsNumbers() throws IOException {
        store.append(live(NOON, 3));
        store.append(live(Instant.ofEpochMilli(9), 1));

        assertThat(store.latest(ORDERS)).hasValue(live(NOON, 3));
    }

    @Test
    void aNameWithoutSuffixIsOneToo() throws IOException {
        store.append(live(NOON, 3));
        String written = storage.list(BackupLayout.metadata(ORDERS)).get(0).path();
        storage.publish(
                BackupLayout.metadata(ORDERS) + "/" + NOON.plusSeconds(1).toEpochMilli() + ".json",
                ObjectContent.of(storage.read(written)));

        assertThat(store.history(ORDERS)).hasSize(2);
    }

    @Test
    void foreignFilesAreIgnored() throws IOException {
        store.append(live(NOON, 3));
        for (String name : new String[] {"readme.txt", "9999999999999999999.json", "1-xyz.json", "-1.json"}) {
            storage.publish(BackupLayout.metadata(ORDERS) + "/" + name, ObjectContent.of(new byte[1]));
        }

        assertThat(store.history(ORDERS)).hasSize(1);
    }

    @Test
    void aDamagedStateHidesNoOther() throws IOException {
        store.append(live(NOON, 3));
        String path = BackupLayout.metadata(ORDERS) + "/" + NOON.plusSeconds(1).toEpochMilli() + "-0000.json";
        storage.publish(path, ObjectContent.of(new byte[1]));

        assertThat(store.latest(ORDERS)).hasValue(live(NOON, 3));
        assertThat(store.history(ORDERS)).containsExactly(live(NOON, 3));
        List<String> unreadable = new ArrayList<>();
        assertThat(store.history(ORDERS, e -> unreadable.add(e.getMessage()))).containsExactly(live(NOON, 3));
        assertThat(unreadable).singleElement().asString().startsWith(path);
    }

    @Test
    void aDamagedObjectIsNamed() throws IOException {
        String path = BackupLayout.metadata(ORDERS) + "/" + NOON.toEpochMilli() + ".json";
        storage.publish(path, ObjectContent.of(new byte[1]));

        assertThatThrownBy(() -> store.latest(ORDERS))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageStartingWith(path + ": it is not the expected JSON: ");
    }

    private static TopicMetadata live(Instant observedAt, int partitions) {
        return new TopicMetadata(
                "orders",
                ORDERS.id(),
                "cluster-a",
                partitions,
                1,
                Map.of("cleanup.policy", "compact"),
                true,
                TopicState.LIVE,
                observedAt,
                null);
    }
}
