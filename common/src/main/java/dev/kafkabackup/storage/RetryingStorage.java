// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Storage that may be away for minutes: calls that fail are repeated with growing, jittered pauses until they succeed
 * or the patience is over. For callers that have nothing better to do than to wait. A missing object is an answer, not
 * a failure.
 */
public final class RetryingStorage implements BackupStorage {

    private static final Logger LOG = LoggerFactory.getLogger(RetryingStorage.class);

    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 10_000;

    private final BackupStorage storage;
    private final Duration patience;

    /**
     * @param storage closed together with this one
     * @param patience how long after its first try a call may be begun anew
     */
    public RetryingStorage(BackupStorage storage, Duration patience) {
        this.storage = storage;
        this.patience = patience;
    }

    @Override
    public String root() {
        return storage.root();
    }

    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        retry(() -> {
            storage.publish(path, content);
            return true;
        });
    }

    @Override
    public byte[] read(String path) throws IOException {
        return retry(() -> storage.read(path));
    }

    @Override
    public byte[] readTail(String path, long sizeBytes, int tailBytes) throws IOException {
        return retry(() -> storage.readTail(path, sizeBytes, tailBytes));
    }

    @Override
    public List<StoredObject> list(String folder) throws IOException {
        return retry(() -> storage.list(folder));
    }

    @Override
    public List<String> folders(String folder) throws IOException {
        return retry(() -> storage.folders(folder));
    }

    @Override
    public boolean showsUnfinished() {
        return storage.showsUnfinished();
    }

    @Override
    public List<StoredObject> unfinished(String folder) throws IOException {
        return retry(() -> storage.unfinished(folder));
    }

    @Override
    public void delete(String path) throws IOException {
        retry(() -> {
            storage.delete(path);
            return true;
        });
    }

    private <T> T retry(StorageCall<T> call) throws IOException {
        long giveUpAt = System.nanoTime() + patience.toNanos();
        long pauseMs = FIRST_PAUSE_MS;
        while (true) {
            try {
                return call.run();
            } catch (FileNotFoundException e) {
                throw e;
            } catch (IOException e) {
                long leftMs = (giveUpAt - System.nanoTime()) / 1_000_000;
                // the flag and not the exception: a socket's time-out is an InterruptedIOException too
                if (leftMs <= 0 || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LOG.warn("Storage call failed, trying again for {} s: {}", leftMs / 1_000, e.toString());
                pause(Math.min(leftMs, ThreadLocalRandom.current().nextLong(pauseMs / 2, pauseMs)));
                pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
            }
        }
    }

    private static void pause(long milliseconds) throws InterruptedIOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while waiting for the storage");
        }
    }

    @Override
    public void close() {
        storage.close();
    }

    @FunctionalInterface
    private interface StorageCall<T> {
        T run() throws IOException;
    }
}
