// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import java.time.Instant;
import java.util.List;

/**
 * What one cycle did, or in a dry run would do.
 *
 * @param at by the storage's clock
 * @param removals done, and not done with what stands in the way
 * @param refusals why nothing is removed from some topics, or from all, one line each
 * @param merges number of merged segments
 * @param mergedBytes size of the segments that were merged
 * @param failures one line each; what failed is tried again in the next cycle
 */
public record CycleReport(
        Instant at,
        List<Removal> removals,
        List<String> refusals,
        int merges,
        long mergedBytes,
        List<String> failures) {

    public CycleReport {
        removals = List.copyOf(removals);
        refusals = List.copyOf(refusals);
        failures = List.copyOf(failures);
    }

    /** Removals that nothing stood in the way of. */
    public List<Removal> done() {
        return removals.stream().filter(removal -> removal.obstacle() == null).toList();
    }
}
