// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.translate;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Translates source offsets of one finished restore, for programs that keep offsets in a place of their own: in a
 * database beside their results, in a file, in the state of a stream processor.
 *
 * <p>The whole offset map is read when the translator is opened and held in memory; after that nothing is open.
 * Immutable; safe to use from any thread.
 */
public final class OffsetTranslator {

    private final OffsetMap map;

    private OffsetTranslator(OffsetMap map) {
        this.map = map;
    }

    /**
     * Reads the offset map of a restore.
     *
     * @param storage root of the backup: a folder, or a URI such as {@code s3://bucket/folder}, whose file system Flink
     *     must find on the class path or among its plugins
     * @param restoreId as the restore printed it
     * @throws RefusedException if the restore is not finished, so that the map may lack records
     * @throws FailedException if there is no backup, or it cannot be read
     * @throws CorruptDataException if the map is damaged
     */
    public static OffsetTranslator open(String storage, String restoreId) {
        try (BackupStorage backup = StorageLocation.parse(storage).open()) {
            BackupRoot.require(backup);
            String folder = BackupLayout.restore(restoreId);
            boolean finished = backup.list(folder).stream()
                    .anyMatch(object -> object.fileName().equals(BackupLayout.RESTORE_REPORT));
            if (!finished) {
                throw new RefusedException(
                        "Restore %s in %s is unknown or not finished: %s has no %s, so its offset map may lack records"
                                .formatted(restoreId, backup.root(), folder, BackupLayout.RESTORE_REPORT));
            }
            return new OffsetTranslator(new OffsetMapStore(backup, folder).read());
        } catch (IOException e) {
            throw new FailedException(
                    "The offset map of restore %s in %s cannot be read: %s"
                            .formatted(restoreId, storage, e.getMessage()),
                    e);
        }
    }

    /**
     * Where a reader goes on whose next record in the source was at {@code offset}: at that record; if it was not
     * restored, at the next restored one of the same partition; behind the last of them if there is none.
     *
     * @param topicId the source's topic ID: two incarnations of a name have the same offsets for different records
     * @param partition partition number, 0 or more
     * @param offset offset of the next record to read in the source, 0 or more
     * @return the target's topic and partition, and the offset of the next record to read there; empty if nothing of
     *     this source partition was restored
     */
    public Optional<Position> translate(Uuid topicId, int partition, long offset) {
        return map.translatePosition(source(topicId, partition), offset)
                .map(target -> new Position(target.partition(), target.offset()));
    }

    /**
     * Where exactly one record went.
     *
     * @return its offset in the target; empty if it was not restored
     */
    public OptionalLong targetOffset(Uuid topicId, int partition, long offset) {
        return map.target(source(topicId, partition), offset);
    }

    /** The map goes by topic ID and partition; the name is for messages only. */
    private static TopicIdPartition source(Uuid topicId, int partition) {
        return new TopicIdPartition(topicId, partition, "");
    }

    /**
     * Where to go on reading in the target.
     *
     * @param partition the target's topic and partition
     * @param offset offset of the next record to read there; 0 or more
     */
    public record Position(TopicPartition partition, long offset) {}
}
