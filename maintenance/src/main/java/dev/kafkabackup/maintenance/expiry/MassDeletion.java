// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.expiry;

import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells topics that were deleted one by one from many that vanished at once, which looks like an accident. */
public final class MassDeletion {

    /** Deletions that are not further apart than this count as being at once. */
    public static final Duration AT_ONCE = Duration.ofHours(24);

    private MassDeletion() {}

    /**
     * Incarnations whose removal has to be confirmed by an operator. One deletion alone never has to be, however few
     * topics there are.
     *
     * @param deletedAt when each incarnation that nobody has confirmed was seen to be deleted
     * @param liveTopics names of the topics that Kafka has now
     * @param largestShare of the topics that may vanish at once, 0 to 1
     */
    public static Set<TopicIncarnation> toBeConfirmed(
            Map<TopicIncarnation, Instant> deletedAt, Set<String> liveTopics, double largestShare) {
        return deletedAt.entrySet().stream()
                .filter(deleted -> {
                    Set<String> vanished = vanishedWith(deleted.getValue(), deletedAt);
                    Set<String> all = new HashSet<>(liveTopics);
                    all.addAll(vanished);
                    return vanished.size() > 1 && vanished.size() > largestShare * all.size();
                })
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** By name: a topic that is deleted and created again and again counts once. */
    private static Set<String> vanishedWith(Instant moment, Map<TopicIncarnation, Instant> deletedAt) {
        return deletedAt.entrySet().stream()
                .filter(other ->
                        Duration.between(moment, other.getValue()).abs().compareTo(AT_ONCE) <= 0)
                .map(other -> other.getKey().name())
                .collect(Collectors.toSet());
    }
}
