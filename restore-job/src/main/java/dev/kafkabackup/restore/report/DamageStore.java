// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.Damage;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * What a restore met and skipped: one object each, under a name that follows from its content, because after a failure
 * the same damage is met again.
 */
public final class DamageStore {

    private static final String FOLDER = "/damage";

    private final BackupStorage storage;
    private final String folder;

    /** @param storage where the backup lies; not closed by this store */
    public DamageStore(BackupStorage storage, String restoreId) {
        this.storage = storage;
        this.folder = BackupLayout.restore(restoreId) + FOLDER;
    }

    /** Remembers a damage; again is the same as once. */
    public void add(Damage damage) throws IOException {
        storage.publish(folder + "/" + name(damage), ObjectContent.of(Json.write(damage)));
    }

    /** All that was met, by object and offset. */
    public List<Damage> read() throws IOException {
        List<Damage> all = new ArrayList<>();
        for (StoredObject object : storage.list(folder)) {
            all.add(Json.read(object.path(), storage.read(object.path()), Damage.class));
        }
        all.sort(Comparator.comparing(Damage::object).thenComparingLong(DamageStore::start));
        return all;
    }

    private static long start(Damage damage) {
        OffsetRange offsets = damage.offsets();
        return offsets == null ? -1 : offsets.startOffset();
    }

    private static String name(Damage damage) {
        CRC32C object = new CRC32C();
        object.update(damage.object().getBytes(StandardCharsets.UTF_8));
        return String.format(
                Locale.ROOT,
                "%08x-%s.json",
                object.getValue(),
                damage.offsets() == null
                        ? "unknown"
                        : damage.offsets().startOffset() + "-"
                                + damage.offsets().endOffset());
    }
}
