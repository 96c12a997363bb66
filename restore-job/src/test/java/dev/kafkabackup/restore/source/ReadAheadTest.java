// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.storage.fixture.MemoryStorage;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadTest {

    private static final Uuid TOPIC_ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final TopicIdPartition PRESENT = new TopicIdPartition(TOPIC_ID, 0, "orders");
    private static final TopicIdPartition NEXT = new TopicIdPartition(TOPIC_ID, 1, "orders");

    private final NotedReads storage = new NotedReads();
    private final ReadAhead readAhead = new ReadAhead(storage, "read-ahead");

    @AfterEach
    void close() {
        readAhead.close();
    }

    @Test
    void theNextObjectIsReadWhileNobodyHasAskedForItAndOnlyOnce() throws IOException {
        assertThat(text(readAhead.load("a", "b"))).isEqualTo("content of a");
        await().until(() -> storage.reads.contains("b"));

        assertThat(text(readAhead.load("b", null))).isEqualTo("content of b");
        assertThat(storage.reads).containsExactly("a", "b");
    }

    @Test
    void whatIsNotExpectedAnyMoreIsForgotten() throws IOException {
        readAhead.load("a", "b");
        await().until(() -> storage.reads.contains("b"));
        readAhead.load("c", null);

        readAhead.load("b", null);
        assertThat(storage.reads).containsExactly("a", "b", "c", "b");
    }

    @Test
    void whatComesAfterTheLastObjectIsListedAndReadWhileNobodyHasAskedForItAndOnlyOnce() throws IOException {
        readAhead.load("a", null);
        readAhead.expect(NEXT, listed -> Optional.of("first"));
        await().until(() -> storage.reads.contains("first"));

        readAhead.list(NEXT);
        assertThat(text(readAhead.load("first", "second"))).isEqualTo("content of first");
        readAhead.load("second", null);
        assertThat(storage.listings).containsExactly(BackupLayout.partition(NEXT));
        assertThat(storage.reads).containsExactly("a", "first", "second");
    }

    @Test
    void whoListsAgainGetsWhatIsThereThen() {
        readAhead.expect(NEXT, listed -> Optional.empty());

        readAhead.list(NEXT);
        readAhead.list(NEXT);
        assertThat(storage.listings).hasSize(2);
    }

    @Test
    void whatComesNextIsStillExpectedWhenThePresentPartitionIsListedAgain() throws IOException {
        readAhead.expect(NEXT, listed -> Optional.of("first"));
        await().until(() -> storage.reads.contains("first"));
        readAhead.list(PRESENT);
        readAhead.load("a", null);
        readAhead.expect(NEXT, listed -> Optional.of("first"));

        readAhead.list(NEXT);
        readAhead.load("first", null);
        assertThat(storage.listings).containsExactly(BackupLayout.partition(NEXT), BackupLayout.partition(PRESENT));
        assertThat(storage.reads).containsExactly("first", "a");
    }

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.UTF_8);
    }

    /** Has every object, and notes which ones are read and which folders are listed. */
    private static final class NotedReads extends WrappedStorage {

        private final List<String> reads = new CopyOnWriteArrayList<>();
        private final List<String> listings = new CopyOnWriteArrayList<>();

        NotedReads() {
            super(new MemoryStorage());
        }

        @Override
        public byte[] read(String path) {
            reads.add(path);
            return ("content of " + path).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public List<StoredObject> list(String folder) {
            listings.add(folder);
            return List.of();
        }
    }
}
