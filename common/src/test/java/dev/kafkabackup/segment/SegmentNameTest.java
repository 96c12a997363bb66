// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.offset.OffsetRange;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentNameTest {

    private static final OffsetRange RANGE = new OffsetRange(100, 110);
    private static final String TEXT =
            "00000000000000000100_00000000000000000110_4_1700000000000_1700000000009_8_4711.parquet";

    @Test
    void theFileNameSaysEverything() {
        SegmentName name = new SegmentName(RANGE, 4, 1_700_000_000_000L, 1_700_000_000_009L, 8, 4_711);

        assertThat(name.fileName()).isEqualTo(TEXT);
        assertThat(name).hasToString(TEXT);
        assertThat(SegmentName.parse(TEXT)).hasValue(name);
    }

    @Test
    void whatIsUnknownIsMinusOne() {
        SegmentName name = new SegmentName(RANGE, -1, -1, -1, 0, 900);

        assertThat(name.fileName()).isEqualTo("00000000000000000100_00000000000000000110_-1_-1_-1_0_900.parquet");
        assertThat(SegmentName.parse(name.fileName())).hasValue(name);
    }

    @Test
    void theLargestNumbersFit() {
        SegmentName name = new SegmentName(
                new OffsetRange(0, Long.MAX_VALUE),
                Integer.MAX_VALUE,
                0,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE);

        assertThat(SegmentName.parse(name.fileName())).hasValue(name);
    }

    @Test
    void namesSortByStartOffsetAsText() {
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            long one = random.nextLong() >>> (1 + random.nextInt(60));
            long other = random.nextLong() >>> (1 + random.nextInt(60));
            assertThat(Integer.signum(at(one).fileName().compareTo(at(other).fileName())))
                    .as("start offsets %d and %d", one, other)
                    .isEqualTo(Long.compare(one, other));
        }
    }

    private static SegmentName at(long start) {
        return new SegmentName(new OffsetRange(start, start + 1), 0, -1, -1, 0, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "backup.json",
                ".00000000000000000100_00000000000000000110_4_1_2_8_4711.parquet.tmp-7c1c",
                "00000000000000000100_00000000000000000110_4_1_2_8_4711",
                "00000000000000000100_00000000000000000110_4_1_2_8_4711.parquet.crc",
                "00000000000000000100_00000000000000000110_4_1_2_8_4711.PARQUET",
                "00000000000000000100_00000000000000000110_4_1_2_8_4711xparquet",
                " 00000000000000000100_00000000000000000110_4_1_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_8_4711.parquet\n",
                "0000000000000000100_00000000000000000110_4_1_2_8_4711.parquet",
                "000000000000000000100_00000000000000000110_4_1_2_8_4711.parquet",
                "100_110_4_1_2_8_4711.parquet",
                "-0000000000000000100_00000000000000000110_4_1_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_8.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_8_4711_1.parquet",
                "00000000000000000100_00000000000000000110__1_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_+4_1_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_-2_1_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_-2_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_-1_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_8_-1.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_8_4711\u0661.parquet",
            })
    void anotherFormIsNoSegment(String fileName) {
        assertThat(SegmentName.parse(fileName)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000000000000110_00000000000000000110_4_1_2_0_4711.parquet",
                "00000000000000000111_00000000000000000110_4_1_2_0_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_11_4711.parquet",
                "00000000000000000100_00000000000000000110_4_2_1_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_-1_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_0_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_8_0.parquet",
            })
    void numbersThatContradictEachOtherAreNoSegment(String fileName) {
        assertThat(SegmentName.parse(fileName)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "99999999999999999999_99999999999999999999_4_1_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_2147483648_1_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_9223372036854775808_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_8_9223372036854775808.parquet",
            })
    void numbersThatAreTooLargeAreNoSegment(String fileName) {
        assertThat(SegmentName.parse(fileName)).isEmpty();
    }

    /** Otherwise the name would be parsed, printed again, and the object not found. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000000000000100_00000000000000000110_04_1_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_01_2_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_02_8_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_08_4711.parquet",
                "00000000000000000100_00000000000000000110_4_1_2_8_04711.parquet",
            })
    void leadingZerosAreNoSegment(String fileName) {
        assertThat(SegmentName.parse(fileName)).isEmpty();
    }

    @Test
    void theErrorNamesRangeBoundAndValue() {
        assertThatThrownBy(() -> new SegmentName(RANGE, -2, 1, 2, 8, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("leaderEpoch of [100, 110) must be -1 or more, but is -2");
        assertThatThrownBy(() -> new SegmentName(RANGE, 0, 1, 2, 11, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("records of [100, 110) must be between 0 and 10, but is 11");
        assertThatThrownBy(() -> new SegmentName(RANGE, 0, 1, 2, -1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("records of [100, 110) must be between 0 and 10, but is -1");
        assertThatThrownBy(() -> new SegmentName(RANGE, 0, 2, 1, 8, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timestamps of [100, 110) must be -1 or more and in order, but are 2 and 1");
        assertThatThrownBy(() -> new SegmentName(RANGE, 0, -1, 1, 8, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timestamps of [100, 110) must both be -1 or neither, but are -1 and 1");
        assertThatThrownBy(() -> new SegmentName(RANGE, 0, 1, 2, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timestamps of [100, 110) must be -1 without records, but are 1 and 2");
        assertThatThrownBy(() -> new SegmentName(RANGE, 0, 1, 2, 8, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sizeBytes of [100, 110) must be 1 or more, but is 0");
    }

    @Test
    void timestampsArePrunedWithInclusiveFromAndExclusiveTo() {
        SegmentName name = new SegmentName(RANGE, 0, 50, 60, 8, 1);

        assertThat(name.mayHoldTimestamps(60, 61)).isTrue();
        assertThat(name.mayHoldTimestamps(61, 100)).isFalse();
        assertThat(name.mayHoldTimestamps(0, 51)).isTrue();
        assertThat(name.mayHoldTimestamps(0, 50)).isFalse();
        assertThat(name.mayHoldTimestamps(55, 56)).isTrue();
        assertThat(name.mayHoldTimestamps(Long.MIN_VALUE, Long.MAX_VALUE)).isTrue();
    }
}
