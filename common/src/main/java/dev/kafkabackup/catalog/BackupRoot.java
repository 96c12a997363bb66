// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UnsupportedFormatVersionException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * What {@code backup.json} says about a root: one root belongs to one Kafka cluster.
 *
 * @param formatVersion version of the storage layout, 1 or more
 * @param clusterId id of the cluster that is backed up here
 * @param createdAt when the first backup started here
 */
public record BackupRoot(int formatVersion, String clusterId, Instant createdAt) {

    /** Version of the storage layout that this release writes. */
    public static final int FORMAT_VERSION = 1;

    /**
     * Reads it; empty if the root holds no backup.
     *
     * @throws FailedException if the storage cannot be read
     * @throws UnsupportedFormatVersionException if a newer release wrote it
     */
    public static Optional<BackupRoot> find(BackupStorage storage) {
        try {
            BackupRoot root =
                    Json.read(BackupLayout.BACKUP_JSON, storage.read(BackupLayout.BACKUP_JSON), BackupRoot.class);
            if (root.formatVersion() > FORMAT_VERSION) {
                throw new UnsupportedFormatVersionException(
                        BackupLayout.BACKUP_JSON + " in " + storage.root(), root.formatVersion(), FORMAT_VERSION);
            }
            return Optional.of(root);
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreachable(storage, "read", e);
        }
    }

    /**
     * Reads it.
     *
     * @throws FailedException if the storage cannot be read or holds no backup
     */
    public static BackupRoot require(BackupStorage storage) {
        return find(storage)
                .orElseThrow(() -> new FailedException("There is no backup in " + storage.root() + ": it has no "
                        + BackupLayout.BACKUP_JSON + "; check --storage"));
    }

    /**
     * Reads it, or writes it if this is a new root, which also proves that the storage can be written.
     *
     * @throws FailedException if the storage cannot be read or written
     * @throws RefusedException if the root belongs to another cluster
     */
    public static BackupRoot openOrCreate(BackupStorage storage, String clusterId, Instant now) {
        Optional<BackupRoot> existing = find(storage);
        if (existing.isEmpty()) {
            BackupRoot created = new BackupRoot(FORMAT_VERSION, clusterId, now);
            try {
                storage.publish(BackupLayout.BACKUP_JSON, ObjectContent.of(Json.write(created)));
            } catch (IOException e) {
                throw unreachable(storage, "written", e);
            }
            return created;
        }
        if (!existing.get().clusterId().equals(clusterId)) {
            throw new RefusedException(
                    "The backup in %s belongs to the Kafka cluster %s, but this is cluster %s: use another --storage, one root per cluster"
                            .formatted(storage.root(), existing.get().clusterId(), clusterId));
        }
        return existing.get();
    }

    private static FailedException unreachable(BackupStorage storage, String what, IOException e) {
        return new FailedException(
                "The storage %s cannot be %s: %s; check --storage, its rights, and the s3.* settings in --flink-conf"
                        .formatted(storage.root(), what, e.getMessage()),
                e);
    }
}
