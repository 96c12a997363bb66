// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.storage.fixture.MemoryStorage;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class RetryingStorageTest {

    private final Deque<IOException> failures = new ArrayDeque<>();
    private int calls;

    @Test
    void aCallIsRepeatedUntilItSucceeds() throws IOException {
        failures.add(new IOException("away"));
        failures.add(new IOException("still away"));

        byte[] read = new RetryingStorage(new FailingStorage(), Duration.ofMinutes(1)).read("object");

        assertThat(read).containsExactly(1, 2, 3);
        assertThat(calls).isEqualTo(3);
    }

    @Test
    void afterThePatienceTheLastFailureIsThrown() {
        failures.add(new IOException("away"));

        assertThatThrownBy(() -> new RetryingStorage(new FailingStorage(), Duration.ZERO).read("object"))
                .isInstanceOf(IOException.class)
                .hasMessage("away");
        assertThat(calls).isEqualTo(1);
    }

    @Test
    void aMissingObjectIsAnAnswerAndNotRetried() {
        failures.add(new FileNotFoundException("object"));

        assertThatThrownBy(() -> new RetryingStorage(new FailingStorage(), Duration.ofMinutes(1)).read("object"))
                .isInstanceOf(FileNotFoundException.class);
        assertThat(calls).isEqualTo(1);
    }

    @Test
    void anInterruptedCallerDoesNotWaitOn() {
        failures.add(new IOException("away"));
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> new RetryingStorage(new FailingStorage(), Duration.ofMinutes(1)).read("object"))
                    .hasMessage("away");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private final class FailingStorage extends WrappedStorage {

        FailingStorage() {
            super(new MemoryStorage());
        }

        @Override
        public byte[] read(String path) throws IOException {
            calls++;
            IOException failure = failures.poll();
            if (failure != null) {
                throw failure;
            }
            return new byte[] {1, 2, 3};
        }
    }
}
