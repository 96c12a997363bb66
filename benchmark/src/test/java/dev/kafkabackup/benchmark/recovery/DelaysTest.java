// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.benchmark.check.WrongResult;
import dev.kafkabackup.benchmark.recovery.BucketWatch.Seen;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelaysTest {

    private static final long FOR_EVER = Long.MAX_VALUE;

    @Test
    void aRecordIsDurableWhenTheFirstSegmentWithItIsSeen() {
        AppendTimes appended = new AppendTimes();
        for (int offset = 0; offset < 100; offset++) {
            appended.add(offset, 1_000L * offset);
        }
        List<Seen> seen =
                List.of(new Seen(0, 0, 60, 100_000), new Seen(0, 60, 100, 120_000), new Seen(0, 0, 100, 500_000));

        Delays all = Delays.between(List.of(appended), seen, 0, FOR_EVER);
        assertThat(all.records()).isEqualTo(100);
        // 41 to 100 s for the first 60 records, 21 to 60 s for the others
        assertThat(all.seconds(1)).isEqualTo(21);
        assertThat(all.seconds(99)).isEqualTo(99);
        assertThat(all.seconds(100)).isEqualTo(100);

        Delays some = Delays.between(List.of(appended), seen, 60_000, 90_000);
        assertThat(some.records()).isEqualTo(30);
        assertThat(some.seconds(100)).isEqualTo(60);
        assertThat(some.seconds(50)).isEqualTo(45);
    }

    @Test
    void whatIsInNoSegmentIsAWrongResultAndNoDelay() {
        AppendTimes appended = new AppendTimes();
        appended.add(0, 5);
        appended.add(1, 5);

        assertThatThrownBy(() -> Delays.between(
                        List.of(new AppendTimes(), appended),
                        List.of(new Seen(1, 0, 1, 9), new Seen(0, 0, 2, 9)),
                        0,
                        FOR_EVER))
                .isInstanceOf(WrongResult.class)
                .hasMessage("Offset 1 of partition 1 is in no segment");
        assertThatThrownBy(() -> Delays.between(
                        List.of(new AppendTimes(), appended), List.of(new Seen(1, 0, 2, 9)), 6, FOR_EVER))
                .isInstanceOf(WrongResult.class);
    }

    @Test
    void offsetsWithHolesAreNoOffsetsOfThisProducer() {
        AppendTimes appended = new AppendTimes();
        appended.add(0, 5);

        assertThatThrownBy(() -> appended.add(2, 6)).isInstanceOf(IllegalStateException.class);
    }
}
