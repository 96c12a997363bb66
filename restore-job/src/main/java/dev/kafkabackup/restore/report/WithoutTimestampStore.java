// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.TopicIdPartition;

/**
 * How many records without a timestamp a restore has met: one object for each partition and run of its task. It is a
 * fact about the backup and the selection, so that it stays true whatever becomes of the run that wrote it down.
 */
public final class WithoutTimestampStore {

    private static final String FOLDER = "/without-timestamp";

    private final BackupStorage storage;
    private final String folder;

    /** @param storage where the backup lies; not closed by this store */
    public WithoutTimestampStore(BackupStorage storage, String restoreId) {
        this.storage = storage;
        this.folder = BackupLayout.restore(restoreId) + FOLDER;
    }

    /** Writes down what was met, in place of what began at the same offset. */
    public void save(RecordsWithoutTimestamp records) throws IOException {
        storage.publish(
                String.format(
                        Locale.ROOT,
                        "%s/%s-%05d-%020d.json",
                        folder,
                        records.topicId(),
                        records.partition(),
                        records.offsets().startOffset()),
                ObjectContent.of(Json.write(records)));
    }

    /** What was met of every partition; no record is in two of them. */
    public List<RecordsWithoutTimestamp> read() throws IOException {
        List<RecordsWithoutTimestamp> all = new ArrayList<>();
        for (StoredObject object : storage.list(folder)) {
            all.add(Json.read(object.path(), storage.read(object.path()), RecordsWithoutTimestamp.class));
        }
        return all;
    }

    /** What was met of one partition. */
    public List<RecordsWithoutTimestamp> read(TopicIdPartition source) throws IOException {
        return read().stream().filter(records -> records.isOf(source)).toList();
    }
}
