// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what writers that were killed left behind under temporary names, which no reader ever sees. Writing an object
 * takes minutes at most, so what is a day old is nobody's; and if somebody is frozen for a day and goes on then, it
 * finds its file missing and writes it again.
 *
 * <p>Used from one thread.
 */
final class UnfinishedObjects {

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedObjects.class);

    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);
    private static final Duration INTERVAL = Duration.ofDays(1);

    private final BackupStorage storage;
    private final LongSupplier nanoClock;
    private @Nullable Long lookedAtNanos;

    /** @param nanoClock as {@link System#nanoTime()} */
    UnfinishedObjects(BackupStorage storage, LongSupplier nanoClock) {
        this.storage = storage;
        this.nanoClock = nanoClock;
    }

    /** Looks through all folders, once a day, where such objects can be seen at all. */
    void removeIfDue(StorageClock.Reading clock) throws IOException {
        long now = nanoClock.getAsLong();
        if (storage.showsUnfinished()
                && clock.doubt().isEmpty()
                && (lookedAtNanos == null || now - lookedAtNanos >= INTERVAL.toNanos())) {
            remove("", clock);
            lookedAtNanos = now;
        }
    }

    private void remove(String folder, StorageClock.Reading clock) throws IOException {
        for (StoredObject object : storage.unfinished(folder)) {
            if (object.modifiedAt().plus(ABANDONED_AFTER).isBefore(clock.now())) {
                storage.delete(object.path());
                LOG.info("Removed {}, which somebody who was killed began to write", object.path());
            }
        }
        for (String child : storage.folders(folder)) {
            remove(folder.isEmpty() ? child : folder + "/" + child, clock);
        }
    }
}
