// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects that each hold all that their writer knew. A reader takes all of them together, so writers need no lock;
 * whoever writes removes the objects whose content is in the one written.
 */
final class KnowledgeObjects {

    private static final Logger LOG = LoggerFactory.getLogger(KnowledgeObjects.class);

    private final BackupStorage storage;
    private final String prefix;
    private final Pattern name;

    /** @param prefix of their names, which keeps them apart from others in the same folder */
    KnowledgeObjects(BackupStorage storage, String prefix) {
        this.storage = storage;
        this.prefix = prefix;
        this.name = Pattern.compile(Pattern.quote(prefix) + "\\d{1,18}-[0-9a-f]{8}\\.json");
    }

    List<String> list(String folder) throws IOException {
        return among(storage.list(folder));
    }

    /** Those of a listing that are such objects. */
    List<String> among(List<StoredObject> listed) {
        return listed.stream()
                .filter(object -> name.matcher(object.fileName()).matches())
                .map(StoredObject::path)
                .toList();
    }

    /** What they hold. */
    <T> List<T> read(List<String> paths, BiFunction<String, byte[], T> parser) throws IOException {
        List<T> all = new ArrayList<>();
        for (String path : paths) {
            try {
                all.add(parser.apply(path, storage.read(path)));
            } catch (FileNotFoundException e) {
                // another writer has just taken it over; to know less only means to be more careful
            }
        }
        return all;
    }

    /** Writes one more object, and returns where it is. */
    String write(String folder, byte[] json) throws IOException {
        String path = folder
                + String.format(
                        Locale.ROOT,
                        "/%s%d-%08x.json",
                        prefix,
                        Instant.now().toEpochMilli(),
                        ThreadLocalRandom.current().nextInt());
        storage.publish(path, ObjectContent.of(json));
        return path;
    }

    /** Removes objects whose content is in one that was written. */
    void remove(Collection<String> replaced) throws IOException {
        for (String old : replaced) {
            storage.delete(old);
        }
    }

    /**
     * As {@link #remove}, for a writer that may have no right to delete: readers take all objects together, so those
     * that stay are in nobody's way.
     *
     * @return those that stay
     */
    List<String> removeIfPossible(Collection<String> replaced) {
        List<String> left = new ArrayList<>(replaced);
        try {
            while (!left.isEmpty()) {
                storage.delete(left.get(0));
                left.remove(0);
            }
        } catch (IOException e) {
            LOG.debug("{} objects that are not needed any more stay: {}", left.size(), e.toString());
        }
        return left;
    }
}
