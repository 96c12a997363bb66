// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Objects that are nothing but their listing, for decisions that are made from listings alone. */
public final class ListedStorage implements BackupStorage {

    private final Map<String, StoredObject> objects = new TreeMap<>();

    /** One more object. */
    public void add(String path, long sizeBytes, Instant modifiedAt) {
        objects.put(path, new StoredObject(path, sizeBytes, modifiedAt));
    }

    @Override
    public String root() {
        return "listed:";
    }

    @Override
    public void publish(String path, ObjectContent content) {
        add(path, content.sizeBytes(), Instant.EPOCH);
    }

    @Override
    public byte[] read(String path) throws IOException {
        throw new FileNotFoundException(path);
    }

    @Override
    public List<StoredObject> list(String folder) {
        return objects.values().stream()
                .filter(object -> object.path().equals(folder + "/" + object.fileName()))
                .toList();
    }

    @Override
    public List<String> folders(String folder) {
        return objects.keySet().stream()
                .filter(path -> path.startsWith(folder + "/"))
                .map(path -> path.substring(folder.length() + 1))
                .filter(rest -> rest.contains("/"))
                .map(rest -> rest.substring(0, rest.indexOf('/')))
                .distinct()
                .toList();
    }

    @Override
    public void delete(String path) {
        objects.remove(path);
    }

    @Override
    public void close() {}
}
