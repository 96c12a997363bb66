// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CoverageTest {

    private static final long SEED = 20_261_122;

    @Test
    void whatTouchesIsOneRange() {
        Coverage coverage = Coverage.of(List.of(range(20, 30), range(0, 10), range(10, 15), range(12, 13)));

        assertThat(coverage.ranges()).containsExactly(range(0, 15), range(20, 30));
        assertThat(coverage.holes()).containsExactly(range(15, 20));
        assertThat(coverage).hasToString("[[0, 15), [20, 30)]");
    }

    @Test
    void nothingIsCoveredByNoRange() {
        Coverage none = Coverage.of(List.of());

        assertThat(none.isEmpty()).isTrue();
        assertThat(none.firstUncovered(7)).isEqualTo(7);
        assertThat(none.firstCovered(7)).isEqualTo(Long.MAX_VALUE);
        assertThat(none.startOffset()).isZero();
        assertThat(none.endOffset()).isZero();
        assertThat(none.holes()).isEmpty();
        assertThat(Coverage.NONE.ranges()).isEmpty();
    }

    @Test
    void anyRangesInAnyOrderAreTheSameAsTheSetOfTheirOffsets() {
        Random random = new Random(SEED);
        for (int round = 0; round < 2_000; round++) {
            List<OffsetRange> ranges = new ArrayList<>();
            BitSet model = new BitSet();
            for (int i = random.nextInt(12); i > 0; i--) {
                int start = random.nextInt(60);
                int end = start + 1 + random.nextInt(round % 2 == 0 ? 4 : 25);
                ranges.add(range(start, end));
                model.set(start, end);
            }
            assertSame(Coverage.of(ranges), model, "seed " + SEED + ", round " + round + ": " + ranges);
        }
    }

    private static void assertSame(Coverage coverage, BitSet model, String what) {
        assertThat(coverage.isEmpty()).as(what).isEqualTo(model.isEmpty());
        assertThat(coverage.startOffset()).as(what).isEqualTo(Math.max(0, model.nextSetBit(0)));
        assertThat(coverage.endOffset()).as(what).isEqualTo(model.length());
        for (int offset = 0; offset < 100; offset++) {
            assertThat(coverage.firstUncovered(offset)).as(what).isEqualTo(model.nextClearBit(offset));
            int covered = model.nextSetBit(offset);
            assertThat(coverage.firstCovered(offset)).as(what).isEqualTo(covered < 0 ? Long.MAX_VALUE : covered);
        }
        List<OffsetRange> ranges = new ArrayList<>();
        List<OffsetRange> holes = new ArrayList<>();
        for (int start = model.nextSetBit(0); start >= 0; ) {
            int end = model.nextClearBit(start);
            ranges.add(range(start, end));
            start = model.nextSetBit(end);
            if (start >= 0) {
                holes.add(range(end, start));
            }
        }
        assertThat(coverage.ranges()).as(what).isEqualTo(ranges);
        assertThat(coverage.holes()).as(what).isEqualTo(holes);
    }

    private static OffsetRange range(long start, long end) {
        return new OffsetRange(start, end);
    }
}
