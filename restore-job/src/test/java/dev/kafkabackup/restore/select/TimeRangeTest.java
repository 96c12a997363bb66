// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.select;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeRangeTest {

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -2, -1, 0, Long.MAX_VALUE})
    void withoutBoundsEveryRecordIsWantedWhateverItsTimestamp(long timestampMs) {
        assertThat(TimeRange.UNBOUNDED.contains(timestampMs)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -2, -1})
    void negativeTimestampsAreInNoRangeOfTime(long timestampMs) {
        assertThat(TimeRange.from(0).contains(timestampMs)).isFalse();
        assertThat(TimeRange.until(100).contains(timestampMs)).isFalse();
    }
}
