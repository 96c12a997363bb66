// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps with the backup what the last maintenance cycle refused to do and what failed ({@code maintenance/last.json}),
 * so that it can be seen without the job. Written when it changes, and once an hour.
 *
 * <p>Used from one thread.
 */
public final class ReportStore {

    private static final String PATH = "maintenance/last.json";
    private static final Duration LONGEST_UNWRITTEN = Duration.ofHours(1);

    private final BackupStorage storage;
    private @Nullable Outcome written;

    /** @param storage where the backup lies; not closed by this store */
    public ReportStore(BackupStorage storage) {
        this.storage = storage;
    }

    /**
     * What there is to know about a cycle afterwards.
     *
     * @param at by the storage's clock
     * @param refusals why nothing is removed from some topics, or from all, one line each
     * @param failures what went wrong, one line each
     */
    public record Outcome(Instant at, List<String> refusals, List<String> failures) {

        public Outcome {
            refusals = List.copyOf(refusals);
            failures = List.copyOf(failures);
        }
    }

    /** Writes down what a cycle did, if it is worth it. */
    public void write(CycleReport report) throws IOException {
        Outcome outcome = new Outcome(report.at(), report.refusals(), report.failures());
        if (written == null
                || !written.refusals().equals(outcome.refusals())
                || !written.failures().equals(outcome.failures())
                || Duration.between(written.at(), outcome.at()).compareTo(LONGEST_UNWRITTEN) >= 0) {
            storage.publish(PATH, ObjectContent.of(Json.write(outcome)));
            written = outcome;
        }
    }

    /** What was written last; empty if there was no cycle yet. */
    public Optional<Outcome> read() throws IOException {
        try {
            return Optional.of(Json.read(PATH, storage.read(PATH), Outcome.class));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }
}
