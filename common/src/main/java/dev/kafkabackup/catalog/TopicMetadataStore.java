// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The history of each incarnation's metadata: one more object on every change, named by the moment of observation. */
public final class TopicMetadataStore {

    private static final Pattern NAME = Pattern.compile("(\\d{1,18})(-[0-9a-f]{4})?\\.json");

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this store */
    public TopicMetadataStore(BackupStorage storage) {
        this.storage = storage;
    }

    /** The newest state of an incarnation; empty if none was ever written. */
    public Optional<TopicMetadata> latest(TopicIncarnation incarnation) throws IOException {
        List<StoredObject> objects = objects(incarnation);
        return objects.isEmpty() ? Optional.empty() : Optional.of(read(objects.get(objects.size() - 1)));
    }

    /** All states of an incarnation, oldest first. */
    public List<TopicMetadata> history(TopicIncarnation incarnation) throws IOException {
        List<TopicMetadata> history = new ArrayList<>();
        for (StoredObject object : objects(incarnation)) {
            history.add(read(object));
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
