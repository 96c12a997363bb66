// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the last maintenance cycle refused to do and what failed ({@code maintenance/last.json}), so that it can be seen
 * without the job.
 *
 * @param at by the storage's clock
 * @param refusals why nothing is removed from some topics, or from all, one line each
 * @param failures what went wrong, one line each
 */
public record MaintenanceOutcome(Instant at, List<String> refusals, List<String> failures) {

    private static final String PATH = "maintenance/last.json";

    public MaintenanceOutcome {
        refusals = List.copyOf(refusals);
        failures = List.copyOf(failures);
    }

    /** What was written last; empty if there was no cycle yet. */
    public static Optional<MaintenanceOutcome> last(BackupStorage storage) throws IOException {
        try {
            return Optional.of(Json.read(PATH, storage.read(PATH), MaintenanceOutcome.class));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Writes it down as the last one. */
    public void write(BackupStorage storage) throws IOException {
        storage.publish(PATH, ObjectContent.of(Json.write(this)));
    }
}
