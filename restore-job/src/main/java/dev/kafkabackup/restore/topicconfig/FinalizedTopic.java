// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What finalizing means for one target of a restore.
 *
 * @param topic name of the target
 * @param changes what gets its original value; empty if it has it already
 * @param deletions what the broker will delete because of them, a line for each reason; empty if nothing
 * @param leftAlone why nothing is changed; null if it is
 * @param refused whether the restore had created it, so that it would have been changed
 */
public record FinalizedTopic(
        String topic,
        List<ConfigDifference> changes,
        List<String> deletions,
        @Nullable String leftAlone,
        boolean refused) {

    public FinalizedTopic {
        changes = List.copyOf(changes);
        deletions = List.copyOf(deletions);
    }

    static FinalizedTopic leftAlone(TargetConfig target, String why) {
        return new FinalizedTopic(target.topic(), List.of(), List.of(), why, target.created());
    }
}
