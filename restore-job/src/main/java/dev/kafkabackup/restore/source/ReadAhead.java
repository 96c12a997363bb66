// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Loads segments shortly before they are needed: while one is read, the next one is on its way. At most these two are
 * in memory.
 *
 * <p>One thread calls everything but {@link #wakeUp}.
 */
final class ReadAhead implements AutoCloseable {

    private final BackupStorage storage;
    private final ExecutorService loader;
    /** Paths that will be asked for, in this order, and whose loading has not begun. */
    private final Deque<String> announced = new ArrayDeque<>();

    private final Map<String, CompletableFuture<byte[]>> loading = new HashMap<>();
    private final Object changed = new Object();
    private boolean wokenUp;

    /**
     * @param storage closed together with this
     * @param name of the loading thread
     */
    ReadAhead(BackupStorage storage, String name) {
        this.storage = storage;
        this.loader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Says what will be asked for, after all that was announced before. */
    void announce(String path) {
        announced.add(path);
    }

    /**
     * Brings an object, and begins with the one after it.
     *
     * @throws WokenUp if it would have to be waited for and {@link #wakeUp} was called; the loading goes on
     * @throws IOException if it cannot be read
     */
    byte[] load(String path) throws IOException {
        @Nullable CompletableFuture<byte[]> begun = loading.remove(path);
        if (begun == null) {
            announced.remove(path);
            begun = begin(path);
        }
        String next = announced.peek();
        if (next != null && loading.isEmpty()) {
            loading.put(next, begin(announced.remove()));
        }
        if (!await(begun)) {
            loading.put(path, begun);
            throw new WokenUp();
        }
        return result(begun);
    }

    private CompletableFuture<byte[]> begin(String path) {
        CompletableFuture<byte[]> load = new CompletableFuture<>();
        loader.execute(() -> {
            try {
                load.complete(storage.read(path));
            } catch (IOException | RuntimeException | Error e) {
                load.completeExceptionally(e);
            }
            notifyChange();
        });
        return load;
    }

    /** Whether the load is done; false if somebody wants the waiting thread back. */
    private boolean await(CompletableFuture<?> load) throws InterruptedIOException {
        synchronized (changed) {
            while (!load.isDone() && !wokenUp) {
                try {
                    changed.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("Interrupted while a segment was loaded");
                }
            }
            wokenUp = false;
            return load.isDone();
        }
    }

    private static byte[] result(CompletableFuture<byte[]> load) throws IOException {
        try {
            return load.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException("A segment cannot be loaded: " + e.getCause(), e.getCause());
        }
    }

    private void notifyChange() {
        synchronized (changed) {
            changed.notifyAll();
        }
    }

    /** Lets a waiting {@link #load} return, or the next one that would wait; from any thread. */
    void wakeUp() {
        synchronized (changed) {
            wokenUp = true;
            changed.notifyAll();
        }
    }

    @Override
    public void close() {
        loader.shutdownNow();
        storage.close();
    }

    /** The thread is wanted for something else; what was asked for can be asked for again. */
    static final class WokenUp extends RuntimeException {

        private static final long serialVersionUID = 1L;

        WokenUp() {
            super("woken up", null, false, false);
        }
    }
}
