// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.restore.report.RecordsWithoutTimestamp;
import dev.kafkabackup.restore.report.WithoutTimestampStore;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;

/**
 * Counts the records without a timestamp that a subtask reads, each once over all runs of the restore: what is written
 * down for an offset is not counted again. It has to be written down before a checkpoint lets anybody go on behind it.
 *
 * <p>Thread safe: records are met on the fetcher's thread and saved on the task's.
 */
final class WithoutTimestampCounter implements AutoCloseable {

    private final BackupStorage storage;
    private final WithoutTimestampStore store;
    private final Map<TopicIdPartition, List<RecordsWithoutTimestamp>> before = new HashMap<>();
    private final Map<TopicIdPartition, RecordsWithoutTimestamp> met = new HashMap<>();
    private final Map<TopicIdPartition, RecordsWithoutTimestamp> unsaved = new HashMap<>();

    /** @param storage where the backup lies; closed by this counter */
    WithoutTimestampCounter(BackupStorage storage, String restoreId) {
        this.storage = storage;
        this.store = new WithoutTimestampStore(storage, restoreId);
    }

    /** @throws FailedException if it cannot be looked up what runs before have counted */
    synchronized void met(TopicIdPartition source, long offset, boolean restored) {
        boolean counted = before.computeIfAbsent(source, this::countedBefore).stream()
                .anyMatch(records -> records.offsets().contains(offset));
        if (!counted) {
            RecordsWithoutTimestamp records = met.get(source);
            records = records == null
                    ? RecordsWithoutTimestamp.first(source, offset, restored)
                    : records.and(offset, restored);
            met.put(source, records);
            unsaved.put(source, records);
        }
    }

    private List<RecordsWithoutTimestamp> countedBefore(TopicIdPartition source) {
        try {
            return store.read(source);
        } catch (IOException e) {
            throw new FailedException(
                    "The records without a timestamp of %s cannot be counted: %s".formatted(source, e.getMessage()), e);
        }
    }

    /**
     * Writes down what was met since the last call.
     *
     * @throws FailedException if it cannot be written
     */
    synchronized void save() {
        for (RecordsWithoutTimestamp records : unsaved.values()) {
            try {
                store.save(records);
            } catch (IOException e) {
                throw new FailedException(
                        "The number of records without a timestamp cannot be written down: " + e.getMessage(), e);
            }
        }
        unsaved.clear();
    }

    @Override
    public void close() {
        storage.close();
    }
}
