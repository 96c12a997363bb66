// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.UnsupportedFormatVersionException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where it is kept whether compacted topics are read in time, beside the segments. */
public final class ReadingStore {

    private final KnowledgeObjects objects;

    /** @param storage where the backup lies; not closed by this store */
    public ReadingStore(BackupStorage storage) {
        this.objects = new KnowledgeObjects(storage, "reading-");
    }

    /**
     * What a root knows of one incarnation.
     *
     * @param state of all writers together
     * @param objects where it was read
     */
    public record Stored(ReadingState state, List<String> objects) {

        public Stored {
            objects = List.copyOf(objects);
        }
    }

    private record Version(int formatVersion) {}

    /** Reads what all writers knew. */
    public Stored read(TopicIncarnation incarnation) throws IOException {
        List<String> paths = objects.list(BackupLayout.retention(incarnation));
        ReadingState state = ReadingState.NONE;
        for (ReadingState one : objects.read(paths, ReadingStore::parse)) {
            state = state.with(one);
        }
        return new Stored(state, paths);
    }

    private static ReadingState parse(String path, byte[] json) {
        int version = Json.read(path, json, Version.class).formatVersion();
        if (version > ReadingState.FORMAT_VERSION) {
            throw new UnsupportedFormatVersionException(path, version, ReadingState.FORMAT_VERSION);
        }
        return Json.read(path, json, ReadingState.class);
    }

    /** Where tombstones may be missing, by partition, each by start offset; partitions without any are missing. */
    public Map<Integer, List<LateRead>> late(TopicIncarnation incarnation) throws IOException {
        Map<Integer, List<LateRead>> late = new TreeMap<>();
        read(incarnation).state().partitions().forEach((number, progress) -> {
            if (!progress.late().isEmpty()) {
                late.put(number, progress.late());
            }
        });
        return late;
    }

    /**
     * Writes what is known now. A backup that may not delete keeps what it would remove.
     *
     * @param replaced objects whose content is part of the state, which are removed afterwards
     * @return the object that was written, and those of the replaced ones that could not be removed
     */
    public List<String> write(TopicIncarnation incarnation, ReadingState state, Collection<String> replaced)
            throws IOException {
        List<String> standing = new ArrayList<>();
        standing.add(objects.write(BackupLayout.retention(incarnation), Json.write(state)));
        standing.addAll(objects.removeIfPossible(replaced));
        return standing;
    }

    /** Puts together what lies in several objects, as a backup that may not delete leaves it behind. */
    public void gather(TopicIncarnation incarnation) throws IOException {
        Stored stored = read(incarnation);
        if (stored.objects().size() > 1) {
            objects.write(BackupLayout.retention(incarnation), Json.write(stored.state()));
            objects.remove(stored.objects());
        }
    }
}
