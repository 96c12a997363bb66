// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.simulation;

import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A storage whose clock is the test's, whose listings come page by page while objects come and go, and whose user may
 * be killed at a call. Thread safe.
 */
public final class SimulatedStorage implements BackupStorage {

    /** The process that made the call is gone; not an exception that anybody handles. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final BackupStorage folder;
    private final SimulatedClock clock;
    private final int pageSize;
    private final Map<String, Instant> modifiedAt;
    private final AtomicLong killAt = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong calls = new AtomicLong();
    private final AtomicReference<String> failing = new AtomicReference<>("");
    private final AtomicLong publishedBytes = new AtomicLong();
    private final Queue<SegmentName> segments = new ConcurrentLinkedQueue<>();
    private final AtomicInteger listings = new AtomicInteger();
    private final AtomicInteger pages = new AtomicInteger();
    private final Map<String, Integer> listingsOf = new ConcurrentHashMap<>();
    private final Set<Instant> listingsUnderWay;
    private final Set<Thread> callers = ConcurrentHashMap.newKeySet();
    private final Map<String, Duration> listingTakes = new ConcurrentHashMap<>();

    /** @param pageSize how many objects one page of a listing shows */
    SimulatedStorage(BackupStorage folder, int pageSize, SimulatedClock clock) {
        this(folder, pageSize, clock, new ConcurrentHashMap<>(), new ConcurrentSkipListSet<>());
    }

    private SimulatedStorage(
            BackupStorage folder,
            int pageSize,
            SimulatedClock clock,
            Map<String, Instant> modifiedAt,
            Set<Instant> listingsUnderWay) {
        this.folder = folder;
        this.pageSize = pageSize;
        this.clock = clock;
        this.modifiedAt = modifiedAt;
        this.listingsUnderWay = listingsUnderWay;
    }

    /** The same objects for another process, which counts its own calls. */
    public SimulatedStorage another() {
        return new SimulatedStorage(folder, pageSize, clock, modifiedAt, listingsUnderWay);
    }

    /** The n-th call from now on is the last one; with 0 there is none. */
    public void killAt(long call) {
        calls.set(0);
        killAt.set(call);
    }

    /** The next publication to that folder fails, and no other. */
    public void failNextPublication(String path) {
        failing.set(path + "/");
    }

    /** From now on a listing of that folder takes so long. */
    public void listingTakes(String path, Duration time) {
        listingTakes.put(path, time);
    }

    /** For how long the oldest listing that somebody waits for has been under way. */
    public Duration oldestListing() {
        Instant now = clock.now();
        return listingsUnderWay.stream()
                .map(begun -> Duration.between(begun, now))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    public long publishedBytes() {
        return publishedBytes.get();
    }

    /** The segments that were published through this storage, in their order. */
    public List<SegmentName> publishedSegments() {
        return List.copyOf(segments);
    }

    /** Threads that have called. */
    public Set<Thread> callers() {
        return Set.copyOf(callers);
    }

    public int listings(String path) {
        return listingsOf.getOrDefault(path, 0);
    }

    public int listings() {
        return listings.get();
    }

    /** How many pages all listings had. */
    public int pages() {
        return pages.get();
    }

    private interface Call<T> {
        T run() throws IOException;
    }

    private <T> T call(Call<T> call) throws IOException {
        callers.add(Thread.currentThread());
        long number = calls.incrementAndGet();
        if (number > killAt.get()) {
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
            String failed = failing.get();
            if (!failed.isEmpty() && path.startsWith(failed)) {
                failing.set("");
                throw new IOException("The storage is away");
            }
            modifiedAt.put(path, clock.now());
            folder.publish(path, content);
            publishedBytes.addAndGet(content.sizeBytes());
            SegmentName.parse(path.substring(path.lastIndexOf('/') + 1)).ifPresent(segments::add);
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
        Instant begun = begin();
        try {
            return pages(path);
        } finally {
            listingsUnderWay.remove(begun);
        }
    }

    /** Of two that begin at once, one is taken to have begun a moment later. */
    private Instant begin() {
        Instant begun = clock.now();
        while (!listingsUnderWay.add(begun)) {
            begun = begun.plusNanos(1);
        }
        return begun;
    }

    private List<StoredObject> pages(String path) throws IOException {
        listings.incrementAndGet();
        listingsOf.merge(path, 1, Integer::sum);
        clock.pass(listingTakes.getOrDefault(path, Duration.ZERO));
        List<StoredObject> all = new ArrayList<>();
        String last = "";
        while (true) {
            String after = last;
            pages.incrementAndGet();
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
