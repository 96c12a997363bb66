// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Keeps the configurations of a restore's targets: {@code target-configs.json} in the folder of the restore. */
public final class TargetConfigStore {

    private static final String FILE = "target-configs.json";

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this store */
    public TargetConfigStore(BackupStorage storage) {
        this.storage = storage;
    }

    /** Writes them, replacing what was written for this restore before. */
    public void write(String restoreId, List<TargetConfig> targets) throws IOException {
        storage.publish(path(restoreId), ObjectContent.of(Json.write(new Content(targets))));
    }

    /** All targets of a restore; none if nothing was written. */
    public List<TargetConfig> read(String restoreId) throws IOException {
        boolean written = storage.list(BackupLayout.restore(restoreId)).stream()
                .anyMatch(object -> object.fileName().equals(FILE));
        return written
                ? Json.read(path(restoreId), storage.read(path(restoreId)), Content.class)
                        .targets()
                : List.of();
    }

    /** One target of a restore. */
    public Optional<TargetConfig> read(String restoreId, String topic) throws IOException {
        return read(restoreId).stream()
                .filter(target -> target.topic().equals(topic))
                .findFirst();
    }

    private static String path(String restoreId) {
        return BackupLayout.restore(restoreId) + "/" + FILE;
    }

    /** An object, so that fields can be added. */
    record Content(List<TargetConfig> targets) {}
}
