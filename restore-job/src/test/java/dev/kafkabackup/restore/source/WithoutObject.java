// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;

/** A storage whose listing shows an object that it does not have. */
record WithoutObject(BackupStorage storage, String missing) implements BackupStorage {

    @Override
    public String root() {
        return storage.root();
    }

    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        storage.publish(path, content);
    }

    @Override
    public byte[] read(String path) throws IOException {
        if (path.equals(missing)) {
            throw new FileNotFoundException(path);
        }
        return storage.read(path);
    }

    @Override
    public List<StoredObject> list(String folder) throws IOException {
        return storage.list(folder);
    }

    @Override
    public List<String> folders(String folder) throws IOException {
        return storage.folders(folder);
    }

    @Override
    public void delete(String path) throws IOException {
        storage.delete(path);
    }

    @Override
    public void close() {
        storage.close();
    }
}
