// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TopicIncarnationTest {

    private static final Uuid ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    /** Kafka uses the zero ID for "unknown": records stored under it would mix incarnations. */
    @Test
    void theZeroIdIsNoIncarnation() {
        assertThatThrownBy(() -> new TopicIncarnation("orders", Uuid.ZERO_UUID))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Topic orders has no topic ID");
        assertThatThrownBy(() -> TopicIncarnation.of(new TopicIdPartition(Uuid.ZERO_UUID, 0, "orders")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itIsPrintedWithNameAndId() {
        assertThat(new TopicIncarnation("orders", ID)).hasToString("orders (MWJ6FHTfRYy67jzwZdeqSQ)");
        assertThat(TopicIncarnation.of(new TopicIncarnation("orders", ID).partition(3)))
                .isEqualTo(new TopicIncarnation("orders", ID));
    }

    @Test
    void onlyTheMomentOfObservationMakesNoDifference() {
        TopicMetadata seen = new TopicMetadata(
                "orders", ID, "c", 6, 3, Map.of("a", "1"), true, TopicState.LIVE, Instant.EPOCH, null);
        TopicMetadata later = new TopicMetadata(
                "orders", ID, "c", 6, 3, Map.of("a", "1"), true, TopicState.LIVE, Instant.EPOCH.plusSeconds(9), null);

        assertThat(seen.differsFrom(later)).isFalse();
        assertThat(seen.differsFrom(later.deleted(Instant.EPOCH))).isTrue();
        assertThat(seen.differsFrom(later.withRestoredFrom(ID))).isTrue();
    }
}
