// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.discovery;

import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides when an incarnation is proven to be deleted: in two rounds in a row, a discovery interval apart, Kafka said
 * about its name that there is no such topic, or that the name has another topic ID. Anything else (no rights, no
 * answer, a name that is missing from a listing) proves nothing. One round is not enough, because a broker may answer
 * from old metadata.
 *
 * <p>Not thread safe.
 */
public final class DeletionProof {

    private Set<TopicIncarnation> missingBefore = new HashSet<>();

    /**
     * Takes in the next round.
     *
     * @param believed incarnations that are taken to be live
     * @return those of them that are proven to be deleted
     */
    public List<TopicIncarnation> observe(DiscoveredTopics round, Collection<TopicIncarnation> believed) {
        Set<TopicIncarnation> missing = new HashSet<>();
        List<TopicIncarnation> deleted = new ArrayList<>();
        for (TopicIncarnation incarnation : believed) {
            if (isMissing(round, incarnation)) {
                missing.add(incarnation);
                if (missingBefore.contains(incarnation)) {
                    deleted.add(incarnation);
                }
            } else if (missingBefore.contains(incarnation) && !round.answers().containsKey(incarnation.name())) {
                // not asked in this round: neither a second proof nor a sign of life
                missing.add(incarnation);
            }
        }
        missingBefore = missing;
        return deleted;
    }

    private static boolean isMissing(DiscoveredTopics round, TopicIncarnation incarnation) {
        TopicAnswer answer = round.answers().get(incarnation.name());
        return answer instanceof TopicAnswer.Unknown
                || (answer instanceof TopicAnswer.Found found
                        && !found.description().topicId().equals(incarnation.id()));
    }
}
