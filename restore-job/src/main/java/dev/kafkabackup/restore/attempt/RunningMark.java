// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.attempt;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows that a process works on a restore, or its job runs: {@code restores/<restore id>/running/<attempt>.json},
 * written again and again meanwhile, by both where there are two, and taken away when it ends in good order. It keeps
 * people from starting a restore twice by mistake; nothing breaks if they do, see {@link AttemptStore}.
 *
 * <p>Whether a process is alive is told by its object being written again, whatever any clock says.
 */
public final class RunningMark implements AutoCloseable {

    /** How often a running process shows itself. */
    static final Duration INTERVAL = Duration.ofSeconds(2);

    /** Who does not show itself for so long is dead, frozen, or cut off. */
    static final Duration SILENCE = Duration.ofSeconds(6);

    private static final Logger LOG = LoggerFactory.getLogger(RunningMark.class);

    private static final Duration POLL = Duration.ofMillis(250);

    private final BackupStorage storage;
    private final String path;
    private final boolean ownsStorage;
    private final Duration interval;
    private final ScheduledExecutorService thread;
    private long beats;

    private RunningMark(
            BackupStorage storage, boolean ownsStorage, String restoreId, AttemptId attempt, Duration interval) {
        this.storage = storage;
        this.ownsStorage = ownsStorage;
        this.interval = interval;
        this.path = folder(restoreId) + "/" + attempt + ".json";
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread beating = new Thread(task, "restore-running-mark");
            beating.setDaemon(true);
            return beating;
        });
    }

    /**
     * What the object says.
     *
     * @param beats how often it was written
     * @param pid process that writes it, on its host
     */
    private record Beat(long beats, long pid) {}

    /** Shows this process from now on, until {@link #close}. */
    public static RunningMark show(BackupStorage storage, String restoreId, AttemptId attempt) throws IOException {
        return show(storage, restoreId, attempt, INTERVAL);
    }

    static RunningMark show(BackupStorage storage, String restoreId, AttemptId attempt, Duration interval)
            throws IOException {
        RunningMark mark = new RunningMark(storage, false, restoreId, attempt, interval);
        mark.write();
        mark.beatAfter(interval);
        return mark;
    }

    /**
     * Shows the job of an attempt from now on, until {@link #close}: it may run on when the process that began the
     * attempt does not. Waits for no storage.
     *
     * @param storage closed with the mark
     */
    public static RunningMark ofJob(BackupStorage storage, String restoreId, AttemptId attempt) {
        return ofJob(storage, restoreId, attempt, INTERVAL);
    }

    static RunningMark ofJob(BackupStorage storage, String restoreId, AttemptId attempt, Duration interval) {
        RunningMark mark = new RunningMark(storage, true, restoreId, attempt, interval);
        mark.beatAfter(Duration.ZERO);
        return mark;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the task lets no exception through
    private void beatAfter(Duration delay) {
        thread.scheduleWithFixedDelay(this::beat, delay.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void beat() {
        try {
            write();
        } catch (IOException | RuntimeException e) {
            LOG.info("{} could not be written, it will be tried again: {}", path, e.toString());
        }
    }

    private void write() throws IOException {
        beats++;
        storage.publish(
                path,
                ObjectContent.of(
                        Json.write(new Beat(beats, ProcessHandle.current().pid()))));
    }

    /** Stops showing this process. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(INTERVAL.toSeconds(), TimeUnit.SECONDS)) {
                LOG.info("{} is still being written", path);
            }
            storage.delete(path);
        } catch (IOException e) {
            LOG.info("{} could not be removed: {}", path, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (ownsStorage) {
            storage.close();
        }
    }

    /**
     * Makes sure that no process works on a restore. Returns at once if the last one ended in good order; if it did
     * not, looks for {@link #SILENCE} whether it shows itself.
     *
     * @throws RefusedException if one does
     */
    public static void requireNone(BackupStorage storage, String restoreId) throws IOException {
        requireNone(storage, restoreId, SILENCE);
    }

    static void requireNone(BackupStorage storage, String restoreId, Duration silence) throws IOException {
        Map<String, byte[]> seen = read(storage, restoreId);
        if (seen.isEmpty()) {
            return;
        }
        LOG.info("Restore {} has not ended in good order; does it still run? {}", restoreId, seen.keySet());
        long end = System.nanoTime() + silence.toNanos();
        while (System.nanoTime() < end) {
            pause();
            for (Map.Entry<String, byte[]> now : read(storage, restoreId).entrySet()) {
                byte[] before = seen.get(now.getKey());
                if (before == null || !Arrays.equals(before, now.getValue())) {
                    throw new RefusedException(
                            "Restore %s is running, see %s in %s: wait for it, or stop it before you start it again"
                                    .formatted(restoreId, now.getKey(), storage.root()));
                }
            }
        }
        for (String path : seen.keySet()) {
            storage.delete(path);
        }
    }

    private static Map<String, byte[]> read(BackupStorage storage, String restoreId) throws IOException {
        Map<String, byte[]> marks = new TreeMap<>();
        for (StoredObject object : storage.list(folder(restoreId))) {
            try {
                marks.put(object.path(), storage.read(object.path()));
            } catch (FileNotFoundException e) {
                LOG.debug("{} is gone: its process has just ended", object.path(), e);
            }
        }
        return marks;
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while looking for a running restore");
        }
    }

    private static String folder(String restoreId) {
        return BackupLayout.restore(restoreId) + "/running";
    }
}
