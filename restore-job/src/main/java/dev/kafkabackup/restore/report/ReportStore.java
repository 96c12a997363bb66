// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.plan.Damage;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.topicconfig.TargetConfiguration;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The last step of a restore: where its report is, the restore is complete. */
public final class ReportStore {

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this store */
    public ReportStore(BackupStorage storage) {
        this.storage = storage;
    }

    /** Whether a restore has a report, so that its offset map is complete. */
    public boolean exists(String restoreId) throws IOException {
        return storage.list(BackupLayout.restore(restoreId)).stream()
                .anyMatch(object -> object.fileName().equals(BackupLayout.RESTORE_REPORT));
    }

    /**
     * Reads the report of a restore that has finished.
     *
     * @throws java.io.FileNotFoundException if there is none
     */
    public RestoreReport read(String restoreId) throws IOException {
        String path = BackupLayout.restore(restoreId) + "/" + BackupLayout.RESTORE_REPORT;
        return Json.read(path, storage.read(path), RestoreReport.class);
    }

    /**
     * Checks the offset map against the plan, and publishes the report.
     *
     * @param configurations of the targets, by name
     * @throws FailedException if the map has more or fewer records than planned; no report is written then
     */
    public RestoreReport write(
            RestorePlan plan,
            Map<String, TargetConfiguration> configurations,
            DeliveryReport delivery,
            Instant startedAt,
            Instant endedAt)
            throws IOException {
        String folder = BackupLayout.restore(plan.restoreId());
        OffsetMap map = new OffsetMapStore(storage, folder).read();
        List<Damage> skipped = new ArrayList<>(plan.damaged());
        skipped.addAll(new DamageStore(storage, plan.restoreId()).read());
        RestoreReport report = RestoreReport.of(
                plan,
                map,
                skipped,
                new WithoutTimestampStore(storage, plan.restoreId()).read(),
                configurations,
                delivery,
                startedAt,
                endedAt);
        storage.publish(folder + "/" + BackupLayout.RESTORE_REPORT, ObjectContent.of(Json.write(report)));
        return report;
    }
}
