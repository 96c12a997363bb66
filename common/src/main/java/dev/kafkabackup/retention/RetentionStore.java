// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Where the knowledge of Kafka's retention is kept, beside the segments, so that it survives the loss of everything
 * else.
 */
public final class RetentionStore {

    private static final String CONFIRMED = "deletion-confirmed.json";

    private final BackupStorage storage;
    private final KnowledgeObjects objects;

    /** @param storage where the backup lies; not closed by this store */
    public RetentionStore(BackupStorage storage) {
        this.storage = storage;
        this.objects = new KnowledgeObjects(storage, "");
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
        List<StoredObject> listed = storage.list(BackupLayout.retention(incarnation));
        List<String> paths = objects.among(listed);
        RetentionState state = RetentionState.NONE;
        for (RetentionState one : objects.read(paths, (path, json) -> Json.read(path, json, RetentionState.class))) {
            state = state.with(one);
        }
        boolean confirmed = listed.stream().anyMatch(object -> object.fileName().equals(CONFIRMED));
        return new Stored(state, confirmed, paths);
    }

    /**
     * Writes what is known now.
     *
     * @param replaced objects whose content is part of the state, which are removed afterwards
     * @return the object that was written
     */
    public String write(TopicIncarnation incarnation, RetentionState state, Collection<String> replaced)
            throws IOException {
        String path = objects.write(BackupLayout.retention(incarnation), Json.write(state));
        objects.remove(replaced);
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
