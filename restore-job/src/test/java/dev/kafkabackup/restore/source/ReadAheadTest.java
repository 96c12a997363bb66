// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.storage.fixture.MemoryStorage;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadTest {

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

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.UTF_8);
    }

    /** Has every object, and notes which ones are read. */
    private static final class NotedReads extends WrappedStorage {

        private final List<String> reads = new CopyOnWriteArrayList<>();

        NotedReads() {
            super(new MemoryStorage());
        }

        @Override
        public byte[] read(String path) {
            reads.add(path);
            return ("content of " + path).getBytes(StandardCharsets.UTF_8);
        }
    }
}
