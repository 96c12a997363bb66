// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import java.io.IOException;

/** Where plans are kept: the tasks of a restore, its report and a later look at it all read the same object. */
public final class PlanStore {

    static final String PLAN = "plan.json";

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this store */
    public PlanStore(BackupStorage storage) {
        this.storage = storage;
    }

    private static String path(String restoreId) {
        return BackupLayout.restore(restoreId) + "/" + PLAN;
    }

    /**
     * Writes the plan of a restore that is about to begin.
     *
     * @throws RefusedException if the restore has a plan already
     */
    public void create(RestorePlan plan) throws IOException {
        requireUnused(plan.restoreId());
        storage.publish(path(plan.restoreId()), ObjectContent.of(Json.write(plan)));
    }

    /** Whether a restore of this id was begun. */
    public boolean exists(String restoreId) throws IOException {
        return storage.list(BackupLayout.restore(restoreId)).stream()
                .anyMatch(object -> object.fileName().equals(PLAN));
    }

    /**
     * Checks that no restore of this id was begun.
     *
     * @throws RefusedException if the restore has a plan already
     */
    public void requireUnused(String restoreId) throws IOException {
        if (exists(restoreId)) {
            throw new RefusedException("Restore %s was begun before, see %s in %s: take another --restore-id"
                    .formatted(restoreId, path(restoreId), storage.root()));
        }
    }

    /**
     * Reads the plan of a restore.
     *
     * @throws java.io.FileNotFoundException if there is none
     */
    public RestorePlan read(String restoreId) throws IOException {
        return Json.read(path(restoreId), storage.read(path(restoreId)), RestorePlan.class);
    }
}
