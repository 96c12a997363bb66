// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.fixture.MemoryStorage;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import java.io.IOException;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Storage in memory that fails or blocks when told to; remembers the order in which objects were published. Thread
 * safe.
 */
final class UnreliableStorage extends WrappedStorage {

    private final Set<String> published = new LinkedHashSet<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile int failuresLeft;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final Map<String, Integer> underWay = new HashMap<>();
    private int mostAtATime;
    private int mostInAFolder;
    private volatile boolean closed;

    UnreliableStorage() {
        super(new MemoryStorage());
    }

    /** The next calls of publish fail. */
    synchronized void failNext(int count) {
        failuresLeft = count;
    }

    /** From now on calls of publish wait until {@link #letThrough}. */
    void block() {
        gate = new CountDownLatch(1);
    }

    void letThrough() {
        gate.countDown();
    }

    /** How often publish was called. */
    int attempts() {
        return attempts.get();
    }

    /** How many calls of publish there were at the same time, at most. */
    synchronized int mostAtATime() {
        return mostAtATime;
    }

    /** How many of them were for objects of the same folder, at most. */
    synchronized int mostInAFolder() {
        return mostInAFolder;
    }

    private synchronized void begin(String folder) {
        underWay.merge(folder, 1, Integer::sum);
        mostInAFolder = Math.max(mostInAFolder, underWay.getOrDefault(folder, 0));
        mostAtATime = Math.max(
                mostAtATime,
                underWay.values().stream().mapToInt(Integer::intValue).sum());
    }

    private synchronized void end(String folder) {
        underWay.merge(folder, -1, Integer::sum);
    }

    boolean isClosed() {
        return closed;
    }

    /** Paths in the order in which they were published. */
    synchronized List<String> published() {
        return List.copyOf(published);
    }

    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        String folder = path.substring(0, path.lastIndexOf('/'));
        begin(folder);
        try {
            attempts.incrementAndGet();
            gate.await();
            store(path, content);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            end(folder);
        }
    }

    private synchronized void store(String path, ObjectContent content) throws IOException {
        if (failuresLeft > 0) {
            failuresLeft--;
            throw new ConnectException("told to fail");
        }
        super.publish(path, content);
        published.add(path);
    }

    @Override
    public void close() {
        closed = true;
    }
}
