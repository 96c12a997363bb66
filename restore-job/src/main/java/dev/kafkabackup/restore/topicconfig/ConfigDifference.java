// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import org.jspecify.annotations.Nullable;

/**
 * A configuration of a target topic that is not as it was backed up.
 *
 * @param name of the configuration
 * @param now the value that the target has
 * @param original the value that it is to have; null for the default of the target's cluster
 */
public record ConfigDifference(
        String name, String now, @Nullable String original) {

    @Override
    public String toString() {
        return name + " is " + now + ", was " + (original == null ? "not set" : original);
    }
}
