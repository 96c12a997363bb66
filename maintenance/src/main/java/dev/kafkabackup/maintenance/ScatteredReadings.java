// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.retention.ReadingStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is known about the reading of compacted topics where a backup that may not delete has left many objects
 * of it. Used from one thread.
 */
final class ScatteredReadings {

    private static final Duration INTERVAL = Duration.ofDays(1);

    private final ReadingStore store;
    private final LongSupplier nanoClock;
    private @Nullable Long gatheredAtNanos;

    /** @param nanoClock as {@link System#nanoTime()} */
    ScatteredReadings(BackupStorage storage, LongSupplier nanoClock) {
        this.store = new ReadingStore(storage);
        this.nanoClock = nanoClock;
    }

    /** Looks at all incarnations, once a day. */
    void gatherIfDue(Collection<TopicIncarnation> incarnations, StorageClock.Reading clock) throws IOException {
        long now = nanoClock.getAsLong();
        if (clock.doubt().isEmpty() && (gatheredAtNanos == null || now - gatheredAtNanos >= INTERVAL.toNanos())) {
            for (TopicIncarnation incarnation : incarnations) {
                store.gather(incarnation);
            }
            gatheredAtNanos = now;
        }
    }
}
