// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Storage in memory that fails or blocks when told to; remembers the order in which objects were published. */
final class MemoryStorage implements BackupStorage {

    private final Map<String, byte[]> objects = new LinkedHashMap<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile int failuresLeft;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final Map<String, Integer> underWay = new HashMap<>();
    private int mostAtATime;
    private int mostInAFolder;
    private volatile boolean closed;

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
        return List.copyOf(objects.keySet());
    }

    @Override
    public String root() {
        return "memory";
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

    private void store(String path, ObjectContent content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        content.writeTo(bytes);
        synchronized (this) {
            if (failuresLeft > 0) {
                failuresLeft--;
                throw new ConnectException("told to fail");
            }
            objects.put(path, bytes.toByteArray());
        }
    }

    @Override
    public synchronized byte[] read(String path) throws IOException {
        byte[] bytes = objects.get(path);
        if (bytes == null) {
            throw new FileNotFoundException(path);
        }
        return bytes;
    }

    @Override
    public synchronized List<StoredObject> list(String folder) {
        List<StoredObject> listed = new ArrayList<>();
        objects.forEach((path, bytes) -> {
            if (path.substring(0, path.lastIndexOf('/')).equals(folder)) {
                listed.add(new StoredObject(path, bytes.length, Instant.EPOCH));
            }
        });
        return listed;
    }

    @Override
    public List<String> folders(String folder) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        closed = true;
    }
}
