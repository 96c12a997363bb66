// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A folder that behaves like an object store: its clock is the test's, its listings come page by page while objects
 * come and go, and whoever uses it may be killed at a call.
 */
final class SimulatedStorage implements BackupStorage {

    /** The process that made the call is gone; not an exception that anybody handles. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final BackupStorage folder;
    private final Supplier<Instant> clock;
    private final int pageSize;
    private final Map<String, Instant> modifiedAt;
    private final AtomicLong killAt = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong publishedBytes = new AtomicLong();
    private final AtomicInteger listings = new AtomicInteger();
    private final Map<String, Integer> listingsOf = new ConcurrentHashMap<>();
    private volatile boolean failing;

    SimulatedStorage(Path folder, int pageSize, Supplier<Instant> clock) {
        this(StorageLocation.parse(folder.toString()).open(), pageSize, clock, new ConcurrentHashMap<>());
    }

    private SimulatedStorage(
            BackupStorage folder, int pageSize, Supplier<Instant> clock, Map<String, Instant> modifiedAt) {
        this.folder = folder;
        this.pageSize = pageSize;
        this.clock = clock;
        this.modifiedAt = modifiedAt;
    }

    /** The same objects for another process, which counts its own calls. */
    SimulatedStorage another() {
        return new SimulatedStorage(folder, pageSize, clock, modifiedAt);
    }

    /** The n-th call from now on is the last one: it happens if n is odd, and does not if it is even. */
    void killAt(long call) {
        calls.set(0);
        killAt.set(call);
    }

    void fail(boolean every) {
        failing = every;
    }

    long calls() {
        return calls.get();
    }

    long publishedBytes() {
        return publishedBytes.get();
    }

    int listings(String path) {
        return listingsOf.getOrDefault(path, 0);
    }

    int listings() {
        return listings.get();
    }

    private interface Call<T> {
        T run() throws IOException;
    }

    private <T> T call(Call<T> call) throws IOException {
        if (failing) {
            throw new IOException("The storage is away");
        }
        long number = calls.incrementAndGet();
        if (number > killAt.get() || (number == killAt.get() && number % 2 == 0)) {
            throw new Killed();
        }
        T answer = call.run();
        if (number == killAt.get()) {
            throw new Killed();
        }
        return answer;
    }

    @Override
    public String root() {
        return folder.root();
    }

    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        call(() -> {
            modifiedAt.put(path, clock.get());
            folder.publish(path, content);
            publishedBytes.addAndGet(content.sizeBytes());
            return true;
        });
    }

    @Override
    public byte[] read(String path) throws IOException {
        return call(() -> folder.read(path));
    }

    /** Each page shows what there is when it is asked for, behind the last name of the page before. */
    @Override
    public List<StoredObject> list(String path) throws IOException {
        listings.incrementAndGet();
        listingsOf.merge(path, 1, Integer::sum);
        List<StoredObject> all = new ArrayList<>();
        String last = "";
        while (true) {
            String after = last;
            List<StoredObject> page = call(() -> folder.list(path).stream()
                    .filter(object -> object.path().compareTo(after) > 0)
                    .sorted(Comparator.comparing(StoredObject::path))
                    .limit(pageSize)
                    .toList());
            for (StoredObject object : page) {
                all.add(new StoredObject(
                        object.path(),
                        object.sizeBytes(),
                        modifiedAt.getOrDefault(object.path(), object.modifiedAt())));
            }
            if (page.size() < pageSize) {
                return all;
            }
            last = page.get(page.size() - 1).path();
        }
    }

    @Override
    public List<String> folders(String path) throws IOException {
        return call(() -> folder.folders(path));
    }

    @Override
    public boolean showsUnfinished() {
        return true;
    }

    @Override
    public List<StoredObject> unfinished(String path) throws IOException {
        return call(() -> folder.unfinished(path));
    }

    @Override
    public void delete(String path) throws IOException {
        call(() -> {
            folder.delete(path);
            return true;
        });
    }

    @Override
    public void close() {
        folder.close();
    }
}
