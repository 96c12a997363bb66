// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows that a job runs on this root ({@code jobs/<job id>.json}), and notices others that do. Two jobs on one root
 * harm nothing, since segments may overlap, but they read and store everything twice, and nobody wants that. Whether
 * another job is alive is told by its object being written again, whatever any clock says.
 *
 * <p>Used from one thread, but for {@link #otherJobs()}.
 */
final class Heartbeat {

    /** How often a running job shows itself. */
    static final Duration INTERVAL = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private static final Duration DEAD_AFTER = Duration.ofMinutes(2);
    private static final String FOLDER = "jobs";

    private final BackupStorage storage;
    private final String jobId;
    private final LongSupplier nanoClock;
    private final Instant startedAt = Instant.now();
    private final Map<String, Seen> seen = new HashMap<>();
    private volatile Set<String> otherJobs = Set.of();

    /**
     * @param jobId the same after every failover of the job
     * @param nanoClock as {@link System#nanoTime()}
     */
    Heartbeat(BackupStorage storage, String jobId, LongSupplier nanoClock) {
        this.storage = storage;
        this.jobId = jobId;
        this.nanoClock = nanoClock;
    }

    /**
     * What the object says.
     *
     * @param jobId names the run of the job
     * @param startedAt when it was started, or failed over, by its host's clock
     * @param beatAt when this was written, by its host's clock
     */
    record Beat(String jobId, Instant startedAt, Instant beatAt) {}

    /** Shows this job, and looks for others. */
    void beat() throws IOException {
        storage.publish(path(), ObjectContent.of(Json.write(new Beat(jobId, startedAt, Instant.now()))));
        Set<String> alive = new TreeSet<>();
        for (StoredObject object : storage.list(FOLDER)) {
            if (!object.path().equals(path()) && isAlive(object)) {
                alive.add(object.fileName());
            }
        }
        if (!alive.isEmpty() && !alive.equals(otherJobs)) {
            LOG.warn(
                    "Another backup job runs on {}, see {}: nothing is lost by that, but everything is read and stored twice; stop one of them",
                    storage.root(),
                    alive);
        }
        otherJobs = Set.copyOf(alive);
    }

    /** A job that was killed leaves its object behind; one that lives goes on writing it. */
    private boolean isAlive(StoredObject other) {
        long now = nanoClock.getAsLong();
        Seen before = seen.get(other.path());
        if (before == null) {
            seen.put(other.path(), new Seen(other.modifiedAt(), OptionalLong.empty()));
            return false;
        }
        if (!before.modifiedAt().equals(other.modifiedAt())) {
            seen.put(other.path(), new Seen(other.modifiedAt(), OptionalLong.of(now)));
            return true;
        }
        return before.changedAtNanos().isPresent()
                && now - before.changedAtNanos().getAsLong() < DEAD_AFTER.toNanos();
    }

    /** What another job's object looked like, and when it was seen to change, by a clock of this process. */
    private record Seen(Instant modifiedAt, OptionalLong changedAtNanos) {}

    /** Takes this job's object away: it ends in good order. */
    void end() throws IOException {
        storage.delete(path());
    }

    /** How many other jobs were alive at the last look; any thread may ask. */
    int otherJobs() {
        return otherJobs.size();
    }

    private String path() {
        return FOLDER + "/" + jobId + ".json";
    }
}
