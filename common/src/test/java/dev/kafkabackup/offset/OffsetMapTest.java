// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class OffsetMapTest {

    private static final long SEED = 20_261_122;
    private static final TopicIdPartition SOURCE =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");
    private static final TopicPartition TARGET = new TopicPartition("restored", 3);

    /** Records 100-109 and 120-124; 110-119 were not restored. */
    private final OffsetMap map = OffsetMap.of(List.of(run(120, 12, 5), run(100, 0, 10)));

    @Test
    void everyRestoredRecordHasItsTarget() {
        assertThat(map.target(SOURCE, 99)).isEmpty();
        assertThat(map.target(SOURCE, 100)).hasValue(0);
        assertThat(map.target(SOURCE, 109)).hasValue(9);
        assertThat(map.target(SOURCE, 110)).isEmpty();
        assertThat(map.target(SOURCE, 119)).isEmpty();
        assertThat(map.target(SOURCE, 120)).hasValue(12);
        assertThat(map.target(SOURCE, 124)).hasValue(16);
        assertThat(map.target(SOURCE, 125)).isEmpty();
    }

    @Test
    void aPositionGoesToTheNextRestoredRecordElseBehindTheLast() {
        assertThat(position(0)).isZero();
        assertThat(position(100)).isZero();
        assertThat(position(105)).isEqualTo(5);
        assertThat(position(109)).isEqualTo(9);
        assertThat(position(110)).isEqualTo(12);
        assertThat(position(115)).isEqualTo(12);
        assertThat(position(120)).isEqualTo(12);
        assertThat(position(124)).isEqualTo(16);
        assertThat(position(125)).isEqualTo(17);
        assertThat(position(Long.MAX_VALUE)).isEqualTo(17);
    }

    /** Target offsets 0-9 and 12-16 hold records. */
    @Test
    void recordsAreCountedFromTheStartOffsetUpToTheEndOffsetAndNotAtIt() {
        assertThat(map.recordsIn(TARGET, 0, Long.MAX_VALUE)).isEqualTo(15);
        assertThat(map.recordsIn(TARGET, 0, 9)).isEqualTo(9);
        assertThat(map.recordsIn(TARGET, 0, 10)).isEqualTo(10);
        assertThat(map.recordsIn(TARGET, 9, 13)).isEqualTo(2);
        assertThat(map.recordsIn(TARGET, 16, 17)).isEqualTo(1);
        assertThat(map.recordsIn(TARGET, 16, 16)).isZero();
        assertThat(map.recordsIn(TARGET, 17, Long.MAX_VALUE)).isZero();
        assertThat(map.recordsIn(TARGET, 13, 12)).as("behind its end").isZero();
        assertThat(map.recordsIn(new TopicPartition("restored", 4), 0, 17)).isZero();
    }

    private long position(long source) {
        OffsetMap.Translation translation =
                map.translatePosition(SOURCE, source).orElseThrow();
        assertThat(translation.partition()).isEqualTo(TARGET);
        return translation.offset();
    }

    @Test
    void recordsAreCountedFromAnOffsetOn() {
        assertThat(map.records()).isEqualTo(15);
        assertThat(recordsFrom(map, SOURCE, 0)).isEqualTo(15);
        assertThat(recordsFrom(map, SOURCE, 101)).isEqualTo(14);
        assertThat(recordsFrom(map, SOURCE, 110)).isEqualTo(5);
        assertThat(recordsFrom(map, SOURCE, 124)).isEqualTo(1);
        assertThat(recordsFrom(map, SOURCE, 125)).isZero();
    }

    @Test
    void anotherPartitionOrIncarnationIsNotInTheMap() {
        for (TopicIdPartition other : List.of(
                new TopicIdPartition(SOURCE.topicId(), 4, "orders"),
                new TopicIdPartition(Uuid.fromString("AAAAAAAAQACAAAAAAAAAAg"), 3, "orders"))) {
            assertThat(map.target(other, 100)).isEmpty();
            assertThat(map.translatePosition(other, 100)).isEmpty();
            assertThat(recordsFrom(map, other, 0)).isZero();
        }
    }

    /** A step of the restore that is repeated after a failure may cut its runs elsewhere. */
    @Test
    void runsThatSayTheSameCountOnce() {
        OffsetMap repeated = OffsetMap.of(
                List.of(run(100, 0, 100), run(150, 50, 20), run(100, 0, 10), run(190, 90, 30), run(100, 0, 100)));

        assertThat(repeated.records()).isEqualTo(120);
        assertThat(recordsFrom(repeated, SOURCE, 180)).isEqualTo(40);
        assertThat(repeated.target(SOURCE, 180)).hasValue(80);
        assertThat(repeated.target(SOURCE, 219)).hasValue(119);
        assertThat(repeated.target(SOURCE, 220)).isEmpty();
    }

    @Test
    void runsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> OffsetMap.of(List.of(run(100, 0, 10), run(109, 10, 5))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("runs of an offset map contradict each other: ");
        OffsetMapRun elsewhere = new OffsetMapRun(SOURCE, 105, new TopicPartition("other", 3), 5, 1);
        assertThatThrownBy(() -> OffsetMap.of(List.of(run(100, 0, 10), elsewhere)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anImpossibleRunIsRefusedWithItsNumbers() {
        assertThatThrownBy(() -> run(5, 3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "An offset-map run of %s needs offsets of 0 or more and a length of 1 or more, but has 5 -> 3, length 0",
                        SOURCE);
        assertThatThrownBy(() -> run(-1, 3, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> run(1, -1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void runsCutAnywhereAreTheSameMap() {
        Random random = new Random(SEED);
        for (int round = 0; round < 500; round++) {
            TreeMap<Long, Long> model = new TreeMap<>();
            List<OffsetMapRun> runs = new ArrayList<>();
            long source = random.nextInt(5);
            long target = random.nextInt(5);
            for (int i = 0; i < 10; i++) {
                int length = 1 + random.nextInt(8);
                for (int record = 0; record < length; record++) {
                    model.put(source + record, target + record);
                }
                runs.add(run(source, target, length));
                for (int pieces = random.nextInt(3); pieces > 0; pieces--) {
                    int from = random.nextInt(length);
                    runs.add(run(source + from, target + from, 1 + random.nextInt(length - from)));
                }
                source += length + random.nextInt(3);
                target += length + random.nextInt(3);
            }
            Collections.shuffle(runs, random);
            assertSame(OffsetMap.of(runs), model, "seed " + SEED + ", round " + round);
        }
    }

    private static void assertSame(OffsetMap map, NavigableMap<Long, Long> model, String what) {
        assertThat(map.records()).as(what).isEqualTo(model.size());
        long behind = model.lastEntry().getValue() + 1;
        for (long offset = 0; offset < model.lastKey() + 3; offset++) {
            Long target = model.get(offset);
            assertThat(map.target(SOURCE, offset))
                    .as(what)
                    .isEqualTo(target == null ? OptionalLong.empty() : OptionalLong.of(target));
            Map.Entry<Long, Long> next = model.ceilingEntry(offset);
            assertThat(map.translatePosition(SOURCE, offset))
                    .as(what)
                    .hasValue(new OffsetMap.Translation(TARGET, next == null ? behind : next.getValue()));
            assertThat(recordsFrom(map, SOURCE, offset))
                    .as(what)
                    .isEqualTo(model.tailMap(offset).size());
        }
    }

    private static OffsetMapRun run(long source, long target, long length) {
        return new OffsetMapRun(SOURCE, source, TARGET, target, length);
    }

    private static long recordsFrom(OffsetMap map, TopicIdPartition source, long offset) {
        return map.translatePosition(source, offset)
                .map(position -> map.recordsIn(position.partition(), position.offset(), Long.MAX_VALUE))
                .orElse(0L);
    }
}
