// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class PollTest {

    private static final TopicPartition ORDERS_1 = new TopicPartition("orders", 1);
    private static final TopicPartition ORDERS_11 = new TopicPartition("orders", 11);
    private static final TopicPartition MY_ORDERS_1 = new TopicPartition("my-orders", 1);
    private static final TopicPartition ORDERS_1_2 = new TopicPartition("orders-1", 2);
    private static final TopicPartition DOTTED = new TopicPartition("orders-1.eu", 1);
    private static final Set<TopicPartition> ALL = Set.of(ORDERS_1, ORDERS_11, MY_ORDERS_1, ORDERS_1_2, DOTTED);

    @Test
    void anErrorAboutTopicsIsAboutAllTheirPartitions() {
        assertThat(Poll.culprits(new TopicAuthorizationException(Set.of("orders")), ALL))
                .containsExactlyInAnyOrder(ORDERS_1, ORDERS_11);
        assertThat(Poll.culprits(new InvalidTopicException(Set.of("my-orders")), ALL))
                .containsExactly(MY_ORDERS_1);
    }

    @Test
    void aPartitionThatIsNamedInWordsIsNotTakenForOneWithASimilarName() {
        for (TopicPartition culprit : ALL) {
            for (String words : new String[] {
                "Received exception when fetching the next record from %s. If needed, please seek past the record",
                "Record batch for partition %s at offset 12 is invalid, cause: Record is corrupt",
                "Encountered corrupt message when fetching offset 3 for topic-partition %s",
                "Failed to make progress reading messages at %s=7. Received a non-empty fetch response"
            }) {
                assertThat(Poll.culprits(new KafkaException(words.formatted(culprit)), ALL))
                        .as(words.formatted(culprit))
                        .containsExactly(culprit);
            }
        }
    }

    @Test
    void whatTheMessageDoesNotSayItsCauseMay() {
        KafkaException failure =
                new KafkaException("Something went wrong", new KafkaException("fetching from orders-11"));

        assertThat(Poll.culprits(failure, ALL)).containsExactly(ORDERS_11);
    }

    @Test
    void anErrorAboutNoPartitionHasNoCulprit() {
        assertThat(Poll.culprits(new AuthenticationException("wrong password"), ALL))
                .isEmpty();
        assertThat(Poll.culprits(new KafkaException((String) null), ALL)).isEmpty();
        assertThat(Poll.culprits(new KafkaException("from orders-3"), ALL)).isEmpty();
    }
}
