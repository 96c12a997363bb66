// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import java.io.IOException;
import java.util.Map;

/** Counts what is read from a storage. */
final class CountedReads extends WrappedStorage {

    private final Map<String, Long> readBytes;

    /** @param readBytes takes the bytes that were read of each object, in all; for use by many threads */
    CountedReads(BackupStorage storage, Map<String, Long> readBytes) {
        super(storage);
        this.readBytes = readBytes;
    }

    private byte[] counted(String path, byte[] bytes) {
        readBytes.merge(path, (long) bytes.length, Long::sum);
        return bytes;
    }

    @Override
    public byte[] read(String path) throws IOException {
        return counted(path, super.read(path));
    }

    @Override
    public byte[] readTail(String path, long sizeBytes, int tailBytes) throws IOException {
        return counted(path, super.readTail(path, sizeBytes, tailBytes));
    }
}
