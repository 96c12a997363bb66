// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import java.io.IOException;

/** A storage whose user is killed before a call that changes something, and so after the one before it. */
final class KilledStorage extends WrappedStorage {

    /** The user is dead. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private int callsLeft;

    /** @param calls how many changing calls succeed */
    KilledStorage(BackupStorage storage, int calls) {
        super(storage);
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
    public void publish(String path, ObjectContent content) throws IOException {
        change(() -> super.publish(path, content));
    }

    @Override
    public void delete(String path) throws IOException {
        change(() -> super.delete(path));
    }
}
