// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * How a target's configuration compares with what was backed up.
 *
 * @param createdByRestore whether the restore created the topic, so that finalizing makes the differences go away
 * @param differences what is not as it was backed up; null if that is not known, for want of rights
 */
public record TargetConfiguration(
        boolean createdByRestore, @Nullable List<ConfigDifference> differences) {

    public TargetConfiguration {
        differences = differences == null ? null : List.copyOf(differences);
    }

    /** Asks the target. */
    public static TargetConfiguration of(Admin admin, TargetConfig target) {
        if (!target.originalKnown()) {
            return new TargetConfiguration(target.created(), null);
        }
        try {
            return new TargetConfiguration(
                    target.created(), LiveConfigs.of(admin, target.topic()).differencesFrom(target.original()));
        } catch (AuthorizationException | UnknownTopicOrPartitionException e) {
            return new TargetConfiguration(target.created(), null);
        }
    }
}
