// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A topic's configuration that became another one.
 *
 * @param at when that was seen
 * @param name of the configuration
 * @param before its value; null if it was not set
 * @param after its value; null if it is not set any more
 */
public record ConfigChange(
        Instant at,
        String name,
        @Nullable String before,
        @Nullable String after) {}
