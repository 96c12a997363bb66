// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {

    private final List<Long> pauses = new ArrayList<>();

    @Test
    void whatIsReadTakesAsLongAsItMay() throws InterruptedIOException {
        Pace pace = new Pace(4 << 20, pauses::add);

        pace.after(1 << 20);
        pace.after(48 << 20);

        assertThat(pauses).containsExactly(250L, 12_000L);
    }

    @Test
    void withoutALimitNobodyWaits() throws InterruptedIOException {
        new Pace(0, pauses::add).after(48 << 20);

        assertThat(pauses).isEmpty();
    }

    @Test
    void whoStopsEverythingNeedNotWait() {
        Pace pace = new Pace(1, millis -> {
            throw new InterruptedException();
        });

        assertThatThrownBy(() -> pace.after(1_000)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).as("whoever called knows it too").isTrue();
    }
}
