// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import java.io.FileNotFoundException;
import java.io.IOException;

/** A storage whose listing shows an object that it does not have. */
final class WithoutObject extends WrappedStorage {

    private final String missing;

    WithoutObject(BackupStorage storage, String missing) {
        super(storage);
        this.missing = missing;
    }

    @Override
    public byte[] read(String path) throws IOException {
        if (path.equals(missing)) {
            throw new FileNotFoundException(path);
        }
        return super.read(path);
    }
}
