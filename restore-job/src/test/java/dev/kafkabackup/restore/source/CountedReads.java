// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A storage that counts what is read from it.
 *
 * @param storage where everything really is
 * @param readBytes takes the bytes that were read of each object, in all; for use by many threads
 */
record CountedReads(BackupStorage storage, Map<String, Long> readBytes) implements BackupStorage {

    private byte[] counted(String path, byte[] bytes) {
        readBytes.merge(path, (long) bytes.length, Long::sum);
        return bytes;
    }

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
        return counted(path, storage.read(path));
    }

    @Override
    public byte[] readTail(String path, long sizeBytes, int tailBytes) throws IOException {
        return counted(path, storage.readTail(path, sizeBytes, tailBytes));
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
