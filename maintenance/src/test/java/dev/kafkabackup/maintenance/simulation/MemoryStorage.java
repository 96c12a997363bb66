// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.simulation;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Objects that are lost with the test: months of cycles would wait for the disk most of the time. Thread safe. */
final class MemoryStorage implements BackupStorage {

    private final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();

    @Override
    public String root() {
        return "memory:";
    }

    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        content.writeTo(bytes);
        objects.put(path, bytes.toByteArray());
    }

    @Override
    public byte[] read(String path) throws IOException {
        byte[] object = objects.get(path);
        if (object == null) {
            throw new FileNotFoundException(path);
        }
        return object.clone();
    }

    @Override
    public List<StoredObject> list(String folder) {
        return objects.entrySet().stream()
                .map(object -> new StoredObject(object.getKey(), object.getValue().length, Instant.EPOCH))
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
