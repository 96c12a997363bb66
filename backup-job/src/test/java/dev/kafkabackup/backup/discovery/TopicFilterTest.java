// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.UsageException;
import org.junit.jupiter.api.Test;

class TopicFilterTest {

    @Test
    void aRegexMatchesTheWholeNameOnly() {
        TopicFilter orders = TopicFilter.of("orders", null);

        assertThat(orders.matches("orders")).isTrue();
        assertThat(orders.matches("orders-eu")).isFalse();
        assertThat(orders.matches("my-orders")).isFalse();
    }

    @Test
    void whatIsExcludedWinsOverWhatIsIncluded() {
        TopicFilter filter = TopicFilter.of("orders.*", "orders-test|x");

        assertThat(filter.matches("orders")).isTrue();
        assertThat(filter.matches("orders-test")).isFalse();
        assertThat(filter.matches("orders-test-2")).isTrue();
    }

    @Test
    void internalTopicsAreLeftOutUnlessTheyAreNamed() {
        assertThat(TopicFilter.of(".*", null).matches("__consumer_offsets")).isFalse();
        assertThat(TopicFilter.of("__consumer_offsets", null).matches("__consumer_offsets"))
                .isTrue();
        assertThat(TopicFilter.of(".*", null).matches("_schemas")).isTrue();
    }

    @Test
    void whatIsNoRegexIsRefusedNamingOptionTextAndPlace() {
        assertThatThrownBy(() -> TopicFilter.of("*", null))
                .isInstanceOf(UsageException.class)
                .hasMessage("--include '*' is not a regular expression: Dangling meta character '*' at position 0;"
                        + " to match every topic write '.*'");
        assertThatThrownBy(() -> TopicFilter.of(".*", "a("))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("--exclude 'a(' is not a regular expression: Unclosed group");
    }
}
