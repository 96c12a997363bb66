// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.restore.topicconfig.ConfigDifference;
import dev.kafkabackup.restore.topicconfig.FinalizedTopic;
import java.util.List;

/** What finalizing did, or would do. */
final class FinalizationTable {

    private FinalizationTable() {}

    /** @param dryRun whether nothing was changed */
    static void print(List<FinalizedTopic> topics, boolean dryRun) {
        for (FinalizedTopic topic : topics) {
            if (topic.leftAlone() != null) {
                Terminal.result("Topic %s is left as it is: %s".formatted(topic.topic(), topic.leftAlone()));
            } else if (topic.changes().isEmpty()) {
                Terminal.result("Topic %s has its original configuration".formatted(topic.topic()));
            }
            for (ConfigDifference change : topic.changes()) {
                Terminal.result("Topic %s: %s %s %s, was %s"
                        .formatted(
                                topic.topic(),
                                change.name(),
                                dryRun ? "would be" : "is",
                                change.original() == null ? "not set" : change.original(),
                                change.now()));
            }
            for (String deletion : topic.deletions()) {
                Terminal.result("Topic %s: the broker %s %s"
                        .formatted(topic.topic(), dryRun ? "would delete" : "will delete", deletion));
            }
        }
    }
}
