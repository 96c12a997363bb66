// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.retention.MaintenanceOutcome;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps with the backup what the last maintenance cycle refused to do and what failed. Written when it changes, and
 * once an hour.
 *
 * <p>Used from one thread.
 */
public final class ReportStore {

    private static final Duration LONGEST_UNWRITTEN = Duration.ofHours(1);

    private final BackupStorage storage;
    private @Nullable MaintenanceOutcome written;

    /** @param storage where the backup lies; not closed by this store */
    public ReportStore(BackupStorage storage) {
        this.storage = storage;
    }

    /** Writes down what a cycle did, if it is worth it. */
    public void write(CycleReport report) throws IOException {
        MaintenanceOutcome outcome = new MaintenanceOutcome(report.at(), report.refusals(), report.failures());
        if (written == null
                || !written.refusals().equals(outcome.refusals())
                || !written.failures().equals(outcome.failures())
                || Duration.between(written.at(), outcome.at()).compareTo(LONGEST_UNWRITTEN) >= 0) {
            outcome.write(storage);
            written = outcome;
        }
    }
}
