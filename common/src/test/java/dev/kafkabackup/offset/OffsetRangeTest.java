// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OffsetRangeTest {

    @Test
    void theStartIsInclusiveAndTheEndExclusive() {
        OffsetRange range = new OffsetRange(100, 110);

        assertThat(range.length()).isEqualTo(10);
        assertThat(range.contains(99)).isFalse();
        assertThat(range.contains(100)).isTrue();
        assertThat(range.contains(109)).isTrue();
        assertThat(range.contains(110)).isFalse();
        assertThat(range).hasToString("[100, 110)");
    }

    @Test
    void anEmptyOrBackwardRangeIsRefused() {
        assertThatThrownBy(() -> new OffsetRange(100, 100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("endOffset must be more than startOffset 100, but is 100");
        assertThatThrownBy(() -> new OffsetRange(100, 99))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("endOffset must be more than startOffset 100, but is 99");
    }

    @Test
    void aNegativeStartIsRefused() {
        assertThatThrownBy(() -> new OffsetRange(-1, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("startOffset must be 0 or more, but is -1");
    }

    @Test
    void theLargestOffsetsFit() {
        assertThat(new OffsetRange(0, Long.MAX_VALUE).length()).isEqualTo(Long.MAX_VALUE);
    }
}
