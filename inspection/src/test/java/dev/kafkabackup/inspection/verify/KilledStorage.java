// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.util.List;

/** A storage whose user is killed before a call that changes something, and so after the one before it. */
final class KilledStorage implements BackupStorage {

    /** The user is dead. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final BackupStorage storage;
    private int callsLeft;

    /** @param calls how many changing calls succeed */
    KilledStorage(BackupStorage storage, int calls) {
        this.storage = storage;
        this.callsLeft = calls;
    }

    private interface Change {
        void make() throws IOException;
    }

    private void change(Change change) throws IOException {
        if (callsLeft-- == 0) {
            throw new Killed();
        }
        change.make();
    }

    @Override
    public String root() {
        return storage.root();
    }

    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        change(() -> storage.publish(path, content));
    }

    @Override
    public byte[] read(String path) throws IOException {
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
        change(() -> storage.delete(path));
    }

    @Override
    public void close() {
        storage.close();
    }
}
