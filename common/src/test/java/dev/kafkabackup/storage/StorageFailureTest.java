// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StorageFailureTest {

    @Test
    void aCallThatTookTooLongIsATimeout() {
        CountDownLatch never = new CountDownLatch(1);
        Throwable failure;
        try (TimedCalls calls = new TimedCalls()) {
            failure = catchThrowable(() -> calls.call("Writing", Duration.ofMillis(10), () -> {
                never.await();
                return true;
            }));
        }

        assertThat(StorageFailure.of(failure)).isEqualTo(StorageFailure.TIMEOUT);
    }

    @Test
    void theReasonIsFoundAmongTheCauses() {
        assertThat(StorageFailure.of(new IOException("put failed", new ConnectException("refused"))))
                .isEqualTo(StorageFailure.UNREACHABLE);
        assertThat(StorageFailure.of(new IOException(new RuntimeException(new AccessDeniedException("bucket")))))
                .isEqualTo(StorageFailure.DENIED);
        assertThat(StorageFailure.of(new FileNotFoundException("bucket"))).isEqualTo(StorageFailure.MISSING);
    }

    @Test
    void whatIsNotKnownIsSomethingElse() {
        assertThat(StorageFailure.of(new IllegalStateException("disk full"))).isEqualTo(StorageFailure.OTHER);
    }

    @Test
    void eachReasonHasAWordOfItsOwn() {
        assertThat(Stream.of(StorageFailure.values()).map(StorageFailure::label))
                .doesNotHaveDuplicates()
                .allMatch(label -> label.matches("[a-z]+"));
    }
}
