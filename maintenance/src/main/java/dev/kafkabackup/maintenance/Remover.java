// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Removes objects in one cycle, unless a clock that cannot be believed or a hold stands in the way. */
final class Remover {

    private final BackupStorage storage;
    private final HoldStore holds;
    private final StorageClock.Reading clock;
    private final boolean dryRun;

    Remover(BackupStorage storage, StorageClock.Reading clock, boolean dryRun) {
        this.storage = storage;
        this.holds = new HoldStore(storage);
        this.clock = clock;
        this.dryRun = dryRun;
    }

    /** The same removal, with what stands in its way, if anything does at this moment. */
    Removal checked(Removal removal) throws IOException {
        if (removal.obstacle() != null) {
            return removal;
        }
        if (clock.doubt().isPresent()) {
            return removal.heldBy(Obstacle.CLOCK, clock.doubt().get());
        }
        List<Hold> active = holds.active(removal.topic(), clock.now());
        return active.isEmpty()
                ? removal
                : removal.heldBy(
                        Obstacle.HOLD,
                        active.stream()
                                .map(hold -> "held since %s: %s".formatted(hold.createdAt(), hold.reason()))
                                .collect(Collectors.joining("; ")));
    }

    /** Removes what a check has found nothing in the way of. */
    void remove(Removal removal) throws IOException {
        if (removal.obstacle() != null) {
            throw new IllegalArgumentException("Not to be removed: " + removal);
        }
        if (!dryRun) {
            for (String path : removal.paths()) {
                storage.delete(path);
            }
        }
    }
}
