// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.restore.topicconfig.ConfigDifference;
import dev.kafkabackup.restore.topicconfig.FinalizedTopic;
import java.util.List;
import java.util.function.Consumer;

/** What finalizing did, or would do. */
final class FinalizationTable {

    private FinalizationTable() {}

    /**
     * Prints it.
     *
     * @param dryRun whether nothing was changed
     * @param lines takes the lines
     */
    static void print(List<FinalizedTopic> topics, boolean dryRun, Consumer<String> lines) {
        for (FinalizedTopic topic : topics) {
            if (topic.leftAlone() != null) {
                lines.accept("Topic %s is left as it is: %s".formatted(topic.topic(), topic.leftAlone()));
            } else if (topic.changes().isEmpty()) {
                lines.accept("Topic %s has its original configuration".formatted(topic.topic()));
            }
            for (ConfigDifference change : topic.changes()) {
                lines.accept("Topic %s: %s %s %s, was %s"
                        .formatted(
                                topic.topic(),
                                change.name(),
                                dryRun ? "would be" : "is",
                                change.original() == null ? "not set" : change.original(),
                                change.now()));
            }
            for (String deletion : topic.deletions()) {
                lines.accept("Topic %s: the broker %s %s"
                        .formatted(topic.topic(), dryRun ? "would delete" : "will delete", deletion));
            }
        }
    }

    /**
     * The same as JSON.
     *
     * @param dryRun whether nothing was changed
     */
    record Document(boolean dryRun, List<FinalizedTopic> topics) {}
}
