// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.lag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class DurableLagTest {

    private static final TopicPartition NAME = new TopicPartition("orders", 3);
    private static final TopicIdPartition ORDERS = new TopicIdPartition(Uuid.randomUuid(), NAME);
    private static final TopicIdPartition NEXT_ORDERS = new TopicIdPartition(Uuid.randomUuid(), NAME);

    private final AtomicLong now = new AtomicLong(-5);
    private final DurableLag lag = new DurableLag(now::get);

    @Test
    void recordsAreDurableWhenTheirSegmentIsPublishedAndNotWhenTheyAreRead() {
        lag.readingAt(ORDERS, 0);
        lag.measure(ORDERS, 0, 100);
        assertThat(lag.records(NAME)).isEqualTo(100);

        lag.waitFrom(ORDERS, 0);
        lag.readingAt(ORDERS, 60);
        lag.waitFrom(ORDERS, 60);
        lag.readingAt(ORDERS, 100);
        assertThat(lag.records(NAME)).isEqualTo(100);
        assertThat(lag.durableOffset(NAME)).isZero();

        lag.published(ORDERS);
        assertThat(lag.records(NAME)).isEqualTo(40);
        assertThat(lag.durableOffset(NAME)).isEqualTo(60);

        lag.published(ORDERS);
        assertThat(lag.records(NAME)).isZero();
        assertThat(lag.durableOffsets()).isEqualTo(Map.of(NAME, 100L));
    }

    @Test
    void markersAtTheEndAreNoLag() {
        lag.readingAt(ORDERS, 11);
        lag.measure(ORDERS, 0, 11);

        assertThat(lag.records(NAME)).isZero();
        assertThat(lag.seconds(NAME)).isZero();
    }

    @Test
    void anIdleTopicIsNeverBehindHoweverLongItIsIdle() {
        lag.readingAt(ORDERS, 50);
        for (int minute = 0; minute < 100; minute++) {
            lag.measure(ORDERS, 0, 50);
            pass(Duration.ofMinutes(1));
            assertThat(lag.seconds()).isZero();
        }
    }

    @Test
    void timeCountsFromTheMomentAtWhichTheLogWasFirstSeenBeyondTheDurableOffset() {
        lag.readingAt(ORDERS, 10);
        lag.measure(ORDERS, 0, 10);
        pass(Duration.ofSeconds(60));
        lag.waitFrom(ORDERS, 10);
        lag.readingAt(ORDERS, 20);
        lag.measure(ORDERS, 0, 20);
        pass(Duration.ofSeconds(7));
        lag.waitFrom(ORDERS, 20);
        lag.readingAt(ORDERS, 30);
        lag.measure(ORDERS, 0, 30);
        pass(Duration.ofSeconds(2));
        assertThat(lag.seconds(NAME)).isEqualTo(9);

        lag.published(ORDERS);
        assertThat(lag.seconds(NAME)).isEqualTo(2);
    }

    @Test
    void whatKafkaHasRemovedIsNotWaitedFor() {
        lag.readingAt(ORDERS, 10);
        lag.measure(ORDERS, 500, 520);

        assertThat(lag.records(NAME)).isEqualTo(20);
        assertThat(lag.durableOffset(NAME)).isEqualTo(500);
    }

    @Test
    void nothingIsSaidOfAPartitionBeforeKafkaWasAsked() {
        lag.readingAt(ORDERS, 10);

        assertThat(lag.durableOffsets()).isEmpty();
        assertThat(lag.durableOffset(NAME)).isEqualTo(-1);
        assertThat(lag.records()).isZero();
    }

    @Test
    void aSegmentThatIsDroppedIsNotWaitedForAfterItsRecordsWereReadAgain() {
        lag.readingAt(ORDERS, 10);
        lag.waitFrom(ORDERS, 10);
        lag.readingAt(ORDERS, 20);
        lag.dropped(ORDERS);
        lag.readingAt(ORDERS, 5);
        lag.waitFrom(ORDERS, 5);
        lag.readingAt(ORDERS, 30);
        lag.measure(ORDERS, 0, 30);
        assertThat(lag.durableOffset(NAME)).isEqualTo(5);

        lag.published(ORDERS);

        assertThat(lag.durableOffset(NAME)).isEqualTo(30);
    }

    @Test
    void anIncarnationThatIsGoneHasNoLagAndTheNextOneCountsForItself() {
        lag.readingAt(ORDERS, 10);
        lag.waitFrom(ORDERS, 10);
        lag.measure(ORDERS, 0, 100);
        lag.ended(ORDERS);
        assertThat(lag.records()).isZero();
        assertThat(lag.durableOffsets()).isEmpty();

        lag.readingAt(NEXT_ORDERS, 0);
        lag.measure(NEXT_ORDERS, 0, 7);
        lag.published(ORDERS);

        assertThat(lag.records(NAME)).isEqualTo(7);
        assertThat(lag.partitions()).containsExactly(NEXT_ORDERS);
    }

    @Test
    void withTheStorageAwayForDaysTheTimeStaysRightAndNeverTooShort() {
        lag.readingAt(ORDERS, 0);
        long seconds = 3 * 24 * 3600;
        for (long second = 0; second < seconds; second += 5) {
            lag.waitFrom(ORDERS, second);
            lag.readingAt(ORDERS, second + 5);
            lag.measure(ORDERS, 0, second + 5);
            pass(Duration.ofSeconds(5));
        }
        assertThat(lag.seconds(NAME)).isEqualTo((double) seconds);

        // half of it is uploaded: what is next was first seen in the middle
        for (long second = 0; second < seconds / 2; second += 5) {
            lag.published(ORDERS);
        }
        assertThat(lag.seconds(NAME)).isBetween(seconds / 2.0, seconds / 2.0 + seconds / 50.0);
        assertThat(lag.seconds()).isEqualTo(lag.seconds(NAME), within(0.0));
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
