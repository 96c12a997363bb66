// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Says in a few lines why nothing is removed from some topics, or from all. */
final class Refusals {

    private static final int NAMES_SHOWN = 5;

    private Refusals() {}

    static List<String> of(
            StorageClock.Reading clock,
            Map<TopicIncarnation, Seen> seen,
            Set<TopicIncarnation> toBeConfirmed,
            Collection<Removal> removals) {
        List<String> refusals = new ArrayList<>();
        clock.doubt().ifPresent(doubt -> refusals.add("nothing is removed: " + doubt));
        notTold(seen, refusals);
        if (!toBeConfirmed.isEmpty()) {
            Set<String> topics = new TreeSet<>();
            toBeConfirmed.forEach(topic -> topics.add(topic.name()));
            refusals.add("%s vanished from Kafka at once: if that was on purpose, run confirm-deletions"
                    .formatted(names(topics)));
        }
        Map<String, String> held = new TreeMap<>();
        for (Removal removal : removals) {
            if (removal.obstacle() == Obstacle.HOLD) {
                held.put(removal.topic().name(), removal.explanation());
            }
        }
        held.forEach((topic, why) -> refusals.add("nothing is removed from topic %s: %s".formatted(topic, why)));
        return refusals;
    }

    private static void notTold(Map<TopicIncarnation, Seen> seen, List<String> refusals) {
        Map<String, Set<String>> topics = new TreeMap<>();
        Map<String, Set<String>> partitions = new TreeMap<>();
        seen.forEach((topic, answer) -> {
            if (answer instanceof Seen.NotTold reason) {
                topics.computeIfAbsent(reason.why(), any -> new TreeSet<>()).add(topic.name());
            } else if (answer instanceof Seen.There there) {
                there.silent()
                        .forEach((partition, why) -> partitions
                                .computeIfAbsent(why, any -> new TreeSet<>())
                                .add(topic.name() + "-" + partition));
            }
        });
        topics.forEach((why, names) -> refusals.add(notTold(names(names), why)));
        partitions.forEach((why, names) -> refusals.add(notTold(names("partition", names), why)));
    }

    private static String notTold(String about, String why) {
        return "nothing expires from %s, because Kafka did not tell about it: %s".formatted(about, why);
    }

    private static String names(Set<String> topics) {
        return names("topic", topics);
    }

    private static String names(String what, Set<String> names) {
        String shown = String.join(", ", names.stream().limit(NAMES_SHOWN).toList());
        String more = names.size() > NAMES_SHOWN ? " and " + (names.size() - NAMES_SHOWN) + " more" : "";
        return (names.size() == 1 ? what + " " : names.size() + " " + what + "s: ") + shown + more;
    }
}
