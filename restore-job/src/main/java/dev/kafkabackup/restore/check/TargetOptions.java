// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.error.UsageException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a user says about the topics that are restored into.
 *
 * @param allowed checks that do not refuse
 * @param addPartitions whether partitions are added to a target that has too few
 * @param replicationFactor of topics that are created, 1 or more; null for the backed-up one, as far as there are
 *     brokers
 * @param topicConfigs configuration of topics that are created, which wins over the backed-up and the protecting one
 */
public record TargetOptions(
        Set<Check> allowed,
        boolean addPartitions,
        @Nullable Short replicationFactor,
        Map<String, String> topicConfigs) {

    /** Every check refuses, topics are created as they were. */
    public static final TargetOptions DEFAULT = new TargetOptions(Set.of(), false, null, Map.of());

    /** @throws UsageException if the replication factor is below 1 */
    public TargetOptions {
        allowed = Set.copyOf(allowed);
        topicConfigs = new TreeMap<>(topicConfigs);
        if (replicationFactor != null && replicationFactor < 1) {
            throw new UsageException("--replication-factor must be 1 or more, but is " + replicationFactor);
        }
    }

    /** The same with these checks allowed. */
    public TargetOptions allowing(Check... checks) {
        return new TargetOptions(Set.of(checks), addPartitions, replicationFactor, topicConfigs);
    }
}
