// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The history of each incarnation's metadata: one more object on every change, named by the moment of observation. */
public final class TopicMetadataStore {

    private static final Logger LOG = LoggerFactory.getLogger(TopicMetadataStore.class);

    private static final Pattern NAME = Pattern.compile("(\\d{1,18})(-[0-9a-f]{4})?\\.json");

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this store */
    public TopicMetadataStore(BackupStorage storage) {
        this.storage = storage;
    }

    /**
     * The newest state of an incarnation; empty if none was ever written. One that cannot be read is logged, and the
     * one before it counts: an old state is what a backup had before the last change, and a topic that cannot be
     * restored because of a small object would be worse.
     *
     * @throws CorruptDataException if there are states, and none of them can be read
     */
    public Optional<TopicMetadata> latest(TopicIncarnation incarnation) throws IOException {
        List<StoredObject> objects = objects(incarnation);
        @Nullable CorruptDataException newest = null;
        for (int i = objects.size() - 1; i >= 0; i--) {
            try {
                return Optional.of(read(objects.get(i)));
            } catch (CorruptDataException e) {
                newest = newest == null ? e : newest;
                LOG.warn("{}; the state before it counts", e.getMessage());
            }
        }
        if (newest != null) {
            throw newest;
        }
        return Optional.empty();
    }

    /**
     * All states of an incarnation, oldest first; those that cannot be read are logged and left out.
     *
     * @throws CorruptDataException if there are states, and none of them can be read
     */
    public List<TopicMetadata> history(TopicIncarnation incarnation) throws IOException {
        List<CorruptDataException> unreadable = new ArrayList<>();
        List<TopicMetadata> history = history(incarnation, unreadable::add);
        if (history.isEmpty() && !unreadable.isEmpty()) {
            throw unreadable.get(unreadable.size() - 1);
        }
        unreadable.forEach(e -> LOG.warn("{}; the other states count", e.getMessage()));
        return history;
    }

    /**
     * All states of an incarnation that can be read, oldest first.
     *
     * @param unreadable told about each of the others
     */
    public List<TopicMetadata> history(TopicIncarnation incarnation, Consumer<CorruptDataException> unreadable)
            throws IOException {
        List<TopicMetadata> history = new ArrayList<>();
        for (StoredObject object : objects(incarnation)) {
            try {
                history.add(read(object));
            } catch (CorruptDataException e) {
                unreadable.accept(e);
            }
        }
        return history;
    }

    /** Writes one more state. */
    public void append(TopicMetadata metadata) throws IOException {
        // the suffix keeps apart two writers that meet in one millisecond
        String name = String.format(
                Locale.ROOT,
                "%d-%04x.json",
                metadata.observedAt().toEpochMilli(),
                ThreadLocalRandom.current().nextInt(1 << 16));
        storage.publish(
                BackupLayout.metadata(metadata.incarnation()) + "/" + name, ObjectContent.of(Json.write(metadata)));
    }

    /** The moment that an object of a state is named by. */
    public static Instant observedAt(StoredObject object) {
        return Instant.ofEpochMilli(observedAtMs(object));
    }

    /** The objects of all states, oldest first, as the listing shows them. */
    public List<StoredObject> objects(TopicIncarnation incarnation) throws IOException {
        return storage.list(BackupLayout.metadata(incarnation)).stream()
                .filter(object -> NAME.matcher(object.fileName()).matches())
                .sorted(Comparator.comparingLong(TopicMetadataStore::observedAtMs)
                        .thenComparing(StoredObject::fileName))
                .toList();
    }

    private static long observedAtMs(StoredObject object) {
        return Long.parseLong(NAME.matcher(object.fileName()).replaceFirst("$1"));
    }

    private TopicMetadata read(StoredObject object) throws IOException {
        return Json.read(object.path(), storage.read(object.path()), TopicMetadata.class);
    }
}
