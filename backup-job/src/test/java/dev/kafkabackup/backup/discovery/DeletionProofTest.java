// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class DeletionProofTest {

    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
    private static final TopicIncarnation OTHER_ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("ncRZJmUMR1qZ3Xog-H4d3Q"));
    private static final TopicIncarnation CLICKS =
            new TopicIncarnation("clicks", Uuid.fromString("7yZptugpQwGxGTYAv2A79g"));

    private static final DiscoveredTopics LIVE = round(found(ORDERS));
    private static final DiscoveredTopics REPLACED = round(found(OTHER_ORDERS));
    private static final DiscoveredTopics UNKNOWN = round(new TopicAnswer.Unknown());
    private static final DiscoveredTopics UNAUTHORISED =
            round(new TopicAnswer.Failed(new TopicAuthorizationException("no")));
    private static final DiscoveredTopics NO_ANSWER = round(new TopicAnswer.Failed(new TimeoutException("late")));
    private static final DiscoveredTopics NOT_ASKED = new DiscoveredTopics(Map.of());

    private final DeletionProof proof = new DeletionProof();

    @Test
    void twoRoundsThatDoNotKnowTheNameAreAProof() {
        assertThat(deleted(UNKNOWN)).isEmpty();
        assertThat(deleted(UNKNOWN)).containsExactly(ORDERS);
    }

    @Test
    void twoRoundsThatShowAnotherIdAreAProofOfTheOldOneOnly() {
        assertThat(proof.observe(REPLACED, List.of(ORDERS, OTHER_ORDERS))).isEmpty();
        assertThat(proof.observe(REPLACED, List.of(ORDERS, OTHER_ORDERS))).containsExactly(ORDERS);
    }

    @Test
    void unknownAndAnotherIdAddUp() {
        assertThat(deleted(UNKNOWN)).isEmpty();
        assertThat(deleted(REPLACED)).containsExactly(ORDERS);
    }

    @Test
    void theSameIdSeenInBetweenCancelsTheFirstRound() {
        assertThat(deleted(UNKNOWN)).isEmpty();
        assertThat(deleted(LIVE)).isEmpty();
        assertThat(deleted(UNKNOWN)).isEmpty();
    }

    @Test
    void missingRightsAndMissingAnswersProveNothingHoweverOften() {
        for (int i = 0; i < 5; i++) {
            assertThat(deleted(UNAUTHORISED)).isEmpty();
            assertThat(deleted(NO_ANSWER)).isEmpty();
            assertThat(deleted(NOT_ASKED)).isEmpty();
        }
    }

    @Test
    void missingRightsInBetweenMakeTheRoundsNoLongerFollowOneAnother() {
        assertThat(deleted(UNKNOWN)).isEmpty();
        assertThat(deleted(UNAUTHORISED)).isEmpty();
        assertThat(deleted(UNKNOWN)).isEmpty();
    }

    @Test
    void aRoundThatDidNotAskIsNeitherAProofNorASignOfLife() {
        assertThat(deleted(UNKNOWN)).isEmpty();
        assertThat(deleted(NOT_ASKED)).isEmpty();
        assertThat(deleted(UNKNOWN)).containsExactly(ORDERS);
    }

    @Test
    void topicsAreProvenIndependently() {
        DiscoveredTopics ordersGone =
                new DiscoveredTopics(Map.of("orders", new TopicAnswer.Unknown(), "clicks", found(CLICKS)));
        DiscoveredTopics bothGone =
                new DiscoveredTopics(Map.of("orders", new TopicAnswer.Unknown(), "clicks", new TopicAnswer.Unknown()));

        assertThat(proof.observe(ordersGone, List.of(ORDERS, CLICKS))).isEmpty();
        assertThat(proof.observe(bothGone, List.of(ORDERS, CLICKS))).containsExactly(ORDERS);
        assertThat(proof.observe(bothGone, List.of(CLICKS))).containsExactly(CLICKS);
    }

    private List<TopicIncarnation> deleted(DiscoveredTopics round) {
        return proof.observe(round, List.of(ORDERS));
    }

    private static DiscoveredTopics round(TopicAnswer orders) {
        return new DiscoveredTopics(Map.of("orders", orders));
    }

    private static TopicAnswer found(TopicIncarnation incarnation) {
        return new TopicAnswer.Found(
                new TopicDescription(incarnation.name(), false, List.of(), null, incarnation.id()));
    }
}
