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
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Where the knowledge of Kafka's retention is kept, beside the segments, so that it survives the loss of everything
 * else. Each object holds all that its writer knew; a reader takes all of them together, so writers need no lock.
 * Whoever writes removes the objects whose content is in the one written.
 */
public final class RetentionStore {

    private static final Pattern STATE = Pattern.compile("\\d{1,18}-[0-9a-f]{8}\\.json");
    private static final String CONFIRMED = "deletion-confirmed.json";

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this store */
    public RetentionStore(BackupStorage storage) {
        this.storage = storage;
    }

    /**
     * What a root knows of one incarnation.
     *
     * @param state of all writers together
     * @param deletionConfirmed whether an operator has confirmed that the incarnation was deleted on purpose
     * @param objects where the state was read
     */
    public record Stored(RetentionState state, boolean deletionConfirmed, List<String> objects) {

        public Stored {
            objects = List.copyOf(objects);
        }
    }

    /** Reads what all writers knew. */
    public Stored read(TopicIncarnation incarnation) throws IOException {
        List<StoredObject> objects = storage.list(BackupLayout.retention(incarnation));
        RetentionState state = RetentionState.NONE;
        List<String> read = objects.stream()
                .filter(object -> STATE.matcher(object.fileName()).matches())
                .map(StoredObject::path)
                .toList();
        for (String path : read) {
            try {
                state = state.with(Json.read(path, storage.read(path), RetentionState.class));
            } catch (FileNotFoundException e) {
                // another writer has just taken it over; to know less only means to delete later
            }
        }
        boolean confirmed =
                objects.stream().anyMatch(object -> object.fileName().equals(CONFIRMED));
        return new Stored(state, confirmed, read);
    }

    /**
     * Writes what is known now.
     *
     * @param replaced objects whose content is part of the state, which are removed afterwards
     * @return the object that was written
     */
    public String write(TopicIncarnation incarnation, RetentionState state, Collection<String> replaced)
            throws IOException {
        String path = BackupLayout.retention(incarnation)
                + String.format(
                        Locale.ROOT,
                        "/%d-%08x.json",
                        Instant.now().toEpochMilli(),
                        ThreadLocalRandom.current().nextInt());
        storage.publish(path, ObjectContent.of(Json.write(state)));
        for (String old : replaced) {
            storage.delete(old);
        }
        return path;
    }

    /** Says that the incarnation was deleted on purpose, even if it was one of many at once. */
    public void confirmDeletion(TopicIncarnation incarnation, Instant at) throws IOException {
        storage.publish(
                BackupLayout.retention(incarnation) + "/" + CONFIRMED, ObjectContent.of(Json.write(new Confirmed(at))));
    }

    /** Removes everything that is known of an incarnation. */
    public void remove(TopicIncarnation incarnation) throws IOException {
        for (StoredObject object : storage.list(BackupLayout.retention(incarnation))) {
            storage.delete(object.path());
        }
    }

    private record Confirmed(Instant confirmedAt) {}
}
