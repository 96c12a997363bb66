// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The holds of a backup, one object each: placing and releasing one needs no running job and no lock. */
public final class HoldStore {

    /** How often a running restore renews its hold. */
    public static final Duration RENEWAL_INTERVAL = Duration.ofSeconds(30);

    /** How long a restore's hold counts after it was renewed last. */
    public static final Duration DEAD_AFTER = Duration.ofMinutes(10);

    private static final String SUFFIX = ".json";

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this store */
    public HoldStore(BackupStorage storage) {
        this.storage = storage;
    }

    /** Places a hold, or renews it. */
    public void place(Hold hold) throws IOException {
        storage.publish(path(hold.topic(), hold.id()), ObjectContent.of(Json.write(hold)));
    }

    /** Releases a hold; it is no error if there is none. */
    public void release(Hold hold) throws IOException {
        storage.delete(path(hold.topic(), hold.id()));
    }

    /** All holds of a topic, also those of restores that may be dead. */
    public List<Hold> all(String topic) throws IOException {
        return read(storage.list(BackupLayout.holds(topic)));
    }

    /**
     * The holds that count for an incarnation.
     *
     * @param now by the storage's clock
     */
    public List<Hold> active(TopicIncarnation incarnation, Instant now) throws IOException {
        List<StoredObject> objects = storage.list(BackupLayout.holds(incarnation.name()));
        List<Hold> renewed = read(objects.stream()
                .filter(object -> object.modifiedAt().plus(DEAD_AFTER).isAfter(now))
                .toList());
        List<Hold> silent = read(objects.stream()
                .filter(object -> !object.modifiedAt().plus(DEAD_AFTER).isAfter(now))
                .toList());
        List<Hold> active = new ArrayList<>(renewed);
        silent.stream().filter(hold -> hold.restoreId() == null).forEach(active::add);
        active.removeIf(hold -> !hold.holds(incarnation.id()));
        return active;
    }

    private List<Hold> read(List<StoredObject> objects) throws IOException {
        List<Hold> holds = new ArrayList<>();
        for (StoredObject object : objects) {
            if (object.fileName().endsWith(SUFFIX)) {
                try {
                    holds.add(Json.read(object.path(), storage.read(object.path()), Hold.class));
                } catch (FileNotFoundException e) {
                    // released after it was listed
                }
            }
        }
        return holds;
    }

    private static String path(String topic, String id) {
        return BackupLayout.holds(topic) + "/" + id + SUFFIX;
    }
}
