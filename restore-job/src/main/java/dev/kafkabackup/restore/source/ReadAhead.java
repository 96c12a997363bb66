// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Loads segments shortly before they are needed: while one is read, the next one is on its way, also if that is the
 * first one of another partition. Mostly these two are in memory; a third one if a partition has to be listed again
 * near its end.
 *
 * <p>One thread calls everything but {@link #wakeUp}.
 */
final class ReadAhead implements AutoCloseable {

    private final BackupStorage storage;
    private final Catalog catalog;
    private final ExecutorService loader;
    private final Map<TopicIdPartition, CompletableFuture<PartitionSegments>> listing = new HashMap<>();
    private final Map<String, CompletableFuture<byte[]>> loading = new HashMap<>();
    private final Object changed = new Object();
    private @Nullable Expected expected;
    private boolean wokenUp;

    /**
     * @param storage closed together with this
     * @param name of the loading thread
     */
    ReadAhead(BackupStorage storage, String name) {
        this.storage = storage;
        this.catalog = new Catalog(storage);
        this.loader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Lists a partition; holes in it are proven.
     *
     * @throws WokenUp if it would have to be waited for and {@link #wakeUp} was called; the listing goes on
     * @throws FailedException if it cannot be listed
     */
    PartitionSegments list(TopicIdPartition partition) {
        Expected ahead = expected;
        if (ahead == null || !ahead.partition().equals(partition)) {
            return list(partition, listing.remove(partition));
        }
        PartitionSegments segments;
        try {
            segments = list(partition, ahead.listed());
        } catch (FailedException e) {
            expected = null;
            throw e;
        }
        // once: who asks again wants to know what has changed
        expected = null;
        listing.remove(partition);
        ahead.firstPath().apply(segments).ifPresent(path -> loading.put(path, ahead.firstObject()));
        return segments;
    }

    private PartitionSegments list(TopicIdPartition partition, @Nullable CompletableFuture<PartitionSegments> before) {
        CompletableFuture<PartitionSegments> begun =
                before == null ? begin(() -> catalog.segmentsWithProvenHoles(partition)) : before;
        try {
            if (!await(begun)) {
                listing.put(partition, begun);
                throw new WokenUp();
            }
            return result(begun);
        } catch (IOException e) {
            throw new FailedException(
                    "The segments of %s cannot be listed: %s".formatted(partition, e.getMessage()), e);
        }
    }

    /**
     * Begins with the partition that comes after the one that is read now: lists it, and brings its first object.
     *
     * @param firstPath of the object that will be asked for first, by the listing; empty if none will
     */
    void expect(TopicIdPartition partition, Function<PartitionSegments, Optional<String>> firstPath) {
        if (expected == null || !expected.partition().equals(partition)) {
            CompletableFuture<PartitionSegments> listed = begin(() -> catalog.segmentsWithProvenHoles(partition));
            // there is one loading thread: the listing has ended when this begins
            CompletableFuture<byte[]> firstObject = begin(() -> {
                Optional<String> path = firstPath.apply(listed.join());
                return path.isPresent() ? storage.read(path.get()) : new byte[0];
            });
            expected = new Expected(partition, listed, firstPath, firstObject);
        }
    }

    /**
     * Brings an object, and begins with the one after it.
     *
     * @param next path that will be asked for next; null if there is none
     * @throws WokenUp if it would have to be waited for and {@link #wakeUp} was called; the loading goes on
     * @throws IOException if it cannot be read
     */
    byte[] load(String path, @Nullable String next) throws IOException {
        CompletableFuture<byte[]> begun = loading.remove(path);
        if (begun == null) {
            begun = begin(() -> storage.read(path));
        }
        // what was under way and is not asked for any more, because the partition was listed again
        loading.keySet().removeIf(other -> !other.equals(next));
        if (next != null) {
            loading.computeIfAbsent(next, any -> begin(() -> storage.read(next)));
        }
        if (!await(begun)) {
            loading.put(path, begun);
            throw new WokenUp();
        }
        return result(begun);
    }

    private <T> CompletableFuture<T> begin(Callable<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loader.execute(() -> {
            try {
                result.complete(call.call());
            } catch (Exception | Error e) {
                result.completeExceptionally(e);
            }
            notifyChange();
        });
        return result;
    }

    /** Whether the load is done; false if somebody wants the waiting thread back. */
    private boolean await(CompletableFuture<?> load) throws InterruptedIOException {
        synchronized (changed) {
            while (!load.isDone() && !wokenUp) {
                try {
                    changed.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("Interrupted while the backup was read");
                }
            }
            wokenUp = false;
            return load.isDone();
        }
    }

    private static <T> T result(CompletableFuture<T> call) throws IOException {
        try {
            return call.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException("The storage cannot be read: " + e.getCause(), e.getCause());
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

    /** A partition that nobody has asked for yet. */
    private record Expected(
            TopicIdPartition partition,
            CompletableFuture<PartitionSegments> listed,
            Function<PartitionSegments, Optional<String>> firstPath,
            CompletableFuture<byte[]> firstObject) {}

    /** The thread is wanted for something else; what was asked for can be asked for again. */
    static final class WokenUp extends RuntimeException {

        private static final long serialVersionUID = 1L;

        WokenUp() {
            super("woken up", null, false, false);
        }
    }
}
