// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.attempt;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the object of an attempt says.
 *
 * @param startedAt when it was begun, by its host's clock
 * @param transactions whether what it produces is in transactions
 * @param positions where its tasks go on, for partitions of the target into which something was restored before; null
 *     until the target was compared
 */
public record Attempt(
        Instant startedAt, boolean transactions, @Nullable List<TargetPosition> positions) {

    public Attempt {
        positions = positions == null ? null : List.copyOf(positions);
    }
}
