// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ParkedPartitionsTest {

    private static final TopicPartition ORDERS_1 = new TopicPartition("orders", 1);
    private static final TopicPartition ORDERS_2 = new TopicPartition("orders", 2);
    private final KafkaException cause = new KafkaException("corrupt");

    /** Begins where {@link System#nanoTime} overflows some day. */
    private long now = Long.MAX_VALUE - 1;

    private final ParkedPartitions parked = new ParkedPartitions(() -> now);

    @Test
    void aPartitionIsLeftAloneForAWhileAndNoOther() {
        parked.park(Set.of(ORDERS_1), cause);

        assertThat(parked.contains(ORDERS_1)).isTrue();
        assertThat(parked.contains(ORDERS_2)).isFalse();
        now += ParkedPartitions.PAUSE.toNanos() - 1;
        assertThat(parked.contains(ORDERS_1)).isTrue();
        now++;
        assertThat(parked.contains(ORDERS_1)).isFalse();
    }

    @Test
    void hopeEndsWhenNothingElseIsLeftAndTryingAgainDidNotHelp() {
        park(ORDERS_1, 3);
        park(ORDERS_2, 2);
        assertThatCode(() -> parked.requireHope(List.of(ORDERS_1, ORDERS_2))).doesNotThrowAnyException();

        park(ORDERS_2, 1);

        assertThatThrownBy(() -> parked.requireHope(List.of(ORDERS_1, ORDERS_2)))
                .isInstanceOf(KafkaException.class)
                .hasMessage("[orders-1, orders-2] cannot be read: " + cause)
                .hasCause(cause);
        assertThatCode(() -> parked.requireHope(List.of())).doesNotThrowAnyException();
    }

    @Test
    void whatCouldBeReadInBetweenIsNoHopelessCase() {
        park(ORDERS_1, 2);
        parked.release(ORDERS_1);
        park(ORDERS_1, 2);

        assertThatCode(() -> parked.requireHope(List.of(ORDERS_1))).doesNotThrowAnyException();
    }

    private void park(TopicPartition partition, int times) {
        for (int i = 0; i < times; i++) {
            parked.park(Set.of(partition), cause);
            now += ParkedPartitions.PAUSE.toNanos();
        }
    }
}
