// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatedWarningTest {

    /** Nanoseconds may begin anywhere, and pass the largest number. */
    private long now = Long.MAX_VALUE - 5;

    private final RepeatedWarning warning = new RepeatedWarning(() -> now);
    private final List<Long> lines = new ArrayList<>();

    @Test
    void theFirstFailureIsToldAtOnce() {
        warning.failed(lines::add);

        assertThat(lines).containsExactly(1L);
    }

    @Test
    void manyAttemptsThatFailMakeOneLineAMinute() {
        for (int second = 0; second < 180; second++) {
            warning.failed(lines::add);
            now += Duration.ofSeconds(1).toNanos();
        }

        assertThat(lines).as("each with the failures since the line before").containsExactly(1L, 60L, 60L);
    }

    @Test
    void afterAQuietTimeTheNextFailureIsToldAtOnce() {
        warning.failed(lines::add);
        now += Duration.ofMinutes(1).toNanos();

        warning.failed(lines::add);

        assertThat(lines).containsExactly(1L, 1L);
    }
}
