// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/** Counts how many of the objects that were read somebody holds in memory. For one thread. */
public final class HeldObjects extends WrappedStorage {

    private final int lookEvery;
    private final List<WeakReference<byte[]>> objects = new ArrayList<>();
    private int reads;
    private int most;

    /** @param lookEvery at each so-manieth object that is read, because a look takes a while */
    public HeldObjects(BackupStorage storage, int lookEvery) {
        super(storage);
        this.lookEvery = lookEvery;
    }

    /** How many objects were read. */
    public int reads() {
        return reads;
    }

    /** How many were held at once, at most, when one more was read; with that one. */
    public int most() {
        return most;
    }

    @Override
    public byte[] read(String path) throws IOException {
        reads++;
        if (reads % lookEvery == 0) {
            System.gc();
            objects.removeIf(object -> object.refersTo(null));
            most = Math.max(most, objects.size() + 1);
        }
        byte[] object = super.read(path);
        objects.add(new WeakReference<>(object));
        return object;
    }
}
