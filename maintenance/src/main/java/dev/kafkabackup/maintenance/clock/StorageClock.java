// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.clock;

import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the storage's clock from an object that is written for that ({@code maintenance/clock-<id>.json}), and compares
 * it with the host's clock and with the time that has really passed. Ages of objects are told by the storage, so its
 * clock is the one that counts, and deletion trusts no single clock.
 *
 * <p>Used from one thread.
 */
public final class StorageClock implements AutoCloseable {

    /** Clocks that are further apart are not believed. */
    public static final Duration LARGEST_SKEW = Duration.ofMinutes(5);

    /** How long after a jump no age is believed: objects from before it look too old by the jump. */
    static final Duration DOUBT_AFTER_JUMP = Duration.ofHours(1);

    /** Whoever lives writes its object again long before that. */
    private static final Duration LEFT_BEHIND_AFTER = Duration.ofDays(1);

    private static final String FOLDER = "maintenance";
    private static final String NAME = "clock-";

    private final BackupStorage storage;
    private final String path;
    private final InstantSource hostClock;
    private final LongSupplier nanoClock;
    private @Nullable Anchor last;
    private @Nullable Long doubtUntilNanos;
    private List<StoredObject> listed = List.of();

    /**
     * @param storage not closed here
     * @param id names whoever reads the clock, so that two may do it at once
     * @param nanoClock as {@link System#nanoTime()}
     */
    public StorageClock(BackupStorage storage, String id, InstantSource hostClock, LongSupplier nanoClock) {
        this.storage = storage;
        this.path = FOLDER + "/" + NAME + id + ".json";
        this.hostClock = hostClock;
        this.nanoClock = nanoClock;
    }

    /**
     * What the clocks say.
     *
     * @param now by the storage's clock
     * @param doubt why nothing may be deleted now, for people; empty if the clocks agree
     */
    public record Reading(Instant now, Optional<String> doubt) {}

    private record Anchor(Instant storageTime, long nanos) {}

    private record Probe(Instant hostTime) {}

    /** Looks at the clocks. */
    public Reading read() throws IOException {
        Instant before = hostClock.instant();
        storage.publish(path, ObjectContent.of(Json.write(new Probe(before))));
        Instant now = modifiedAt();
        Instant after = hostClock.instant();
        long nanos = nanoClock.getAsLong();

        Optional<String> jump = jump(now, nanos);
        last = new Anchor(now, nanos);
        Optional<String> skew = skew(now, before, after);
        return new Reading(now, skew.isPresent() ? skew : jump);
    }

    private static Optional<String> skew(Instant storageTime, Instant before, Instant after) {
        Duration behind = Duration.between(storageTime, before);
        Duration ahead = Duration.between(after, storageTime);
        Duration skew = behind.compareTo(ahead) > 0 ? behind : ahead;
        return skew.compareTo(LARGEST_SKEW) <= 0
                ? Optional.empty()
                : Optional.of("the clocks of this host (%s) and of the storage (%s) are more than %d minutes apart"
                        .formatted(after, storageTime, LARGEST_SKEW.toMinutes()));
    }

    private Optional<String> jump(Instant storageTime, long nanos) {
        if (last != null) {
            Duration shown = Duration.between(last.storageTime(), storageTime);
            Duration passed = Duration.ofNanos(nanos - last.nanos());
            if (shown.minus(passed).abs().compareTo(LARGEST_SKEW) > 0) {
                doubtUntilNanos = nanos + DOUBT_AFTER_JUMP.toNanos();
            }
        }
        if (doubtUntilNanos == null || nanos - doubtUntilNanos >= 0) {
            doubtUntilNanos = null;
            return Optional.empty();
        }
        return Optional.of("the storage's clock has jumped, and is believed again %d minutes after that"
                .formatted(DOUBT_AFTER_JUMP.toMinutes()));
    }

    private Instant modifiedAt() throws IOException {
        listed = storage.list(FOLDER);
        for (StoredObject object : listed) {
            if (object.path().equals(path)) {
                return object.modifiedAt();
            }
        }
        throw new FileNotFoundException(path + " was written to " + storage.root() + ", but is not listed");
    }

    /** Takes away what others wrote that did not get to take it away, because they were killed. */
    public void removeLeftBehind(Reading reading) throws IOException {
        if (reading.doubt().isPresent()) {
            return;
        }
        for (StoredObject object : listed) {
            if (object.fileName().startsWith(NAME)
                    && !object.path().equals(path)
                    && object.modifiedAt().plus(LEFT_BEHIND_AFTER).isBefore(reading.now())) {
                storage.delete(object.path());
            }
        }
    }

    /** Takes the object away. */
    @Override
    public void close() throws IOException {
        storage.delete(path);
    }
}
