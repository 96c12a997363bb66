// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    @Test
    void aLineSaysHowFarHowFastAndHowLong() {
        assertThat(new ProgressLine("orders", 1_234_567, 5_000_000, 40_000, 45_600_000).text(8))
                .isEqualTo("orders          1,234,567 records      45.6 MB/s   24 %  1 min 35 s to go");
        assertThat(new ProgressLine("orders", 10, 1_000_000_000, 50_000, 1).text(6))
                .endsWith("0 %  5 h 33 min to go");
        assertThat(new ProgressLine("orders", 10, 11, 1, 1).text(6)).endsWith("90 %  1 s to go");
    }

    @Test
    void whatDoesNotMoveHasNoEnd() {
        assertThat(new ProgressLine("orders", 10, 20, 0, 0).text(6)).endsWith(" 0.0 MB/s   50 %");
    }

    @Test
    void whatIsCompleteOrBeyondIsAHundredPercent() {
        assertThat(new ProgressLine("orders", 20, 20, 5, 5).text(6)).endsWith(" 100 %");
        assertThat(new ProgressLine("orders", 25, 20, 5, 5).text(6)).endsWith(" 100 %");
        assertThat(new ProgressLine("orders", 0, 0, 0, 0).text(6)).endsWith(" 100 %");
        assertThat(new ProgressLine("orders", 1_999, 2_000, 1, 1).percent()).isEqualTo(99);
    }

    @Test
    void thePaceIsThatOfTheLastFifteenSeconds() {
        Pace pace = new Pace();
        assertThat(pace.recordsPerSecond()).isZero();
        for (int second = 0; second <= 60; second++) {
            // 100 in a second for half a minute, then 10
            long records = second <= 30 ? second * 100L : 3_000 + (second - 30) * 10L;
            pace.add(TimeUnit.SECONDS.toNanos(second), records, records * 50);
        }

        assertThat(pace.recordsPerSecond()).isEqualTo(10);
        assertThat(pace.bytesPerSecond()).isEqualTo(500);
    }
}
