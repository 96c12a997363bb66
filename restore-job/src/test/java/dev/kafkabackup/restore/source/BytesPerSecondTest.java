// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BytesPerSecondTest {

    private long now = 1_000_000_000_000L;

    private final BytesPerSecond limit = new BytesPerSecond(1_000, () -> now);

    @Test
    void emittedBytesHaveToWaitForTheirTime() {
        limit.emitted(500);
        limit.emitted(1_500);

        assertThat(TimeUnit.NANOSECONDS.toMillis(limit.waitNanos())).isEqualTo(2_000);
        assertThat(limit.acquire(1).toCompletableFuture()).isNotDone();
        now += TimeUnit.SECONDS.toNanos(2);
        assertThat(limit.acquire(1).toCompletableFuture()).isCompleted();
    }

    @Test
    void aPauseIsCaughtUpForAMomentOnly() {
        now += TimeUnit.HOURS.toNanos(1);
        limit.emitted(1_000);

        assertThat(TimeUnit.NANOSECONDS.toMillis(limit.waitNanos())).isEqualTo(800);
    }
}
