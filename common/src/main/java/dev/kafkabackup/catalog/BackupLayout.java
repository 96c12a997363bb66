// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/**
 * Paths below the root (format version 1). Topic names hold only letters, digits, dot, dash and underscore, so they are
 * safe.
 */
public final class BackupLayout {

    /** Format version, cluster id, creation time. */
    public static final String BACKUP_JSON = "backup.json";

    /** Last object of a restore, in its folder: where it is, the restore is complete. */
    public static final String RESTORE_REPORT = "report.json";

    /** Folder of all restores. */
    public static final String RESTORES = "restores";

    static final String TOPICS = "topics";

    private static final String TOPIC_PREFIX = "topic=";
    private static final String ID_PREFIX = "id=";
    private static final String PARTITION_PREFIX = "partition=";

    private BackupLayout() {}

    static String topic(String name) {
        return TOPICS + "/" + TOPIC_PREFIX + name;
    }

    static String incarnation(TopicIncarnation incarnation) {
        return topic(incarnation.name()) + "/" + ID_PREFIX + incarnation.id();
    }

    static String metadata(TopicIncarnation incarnation) {
        return incarnation(incarnation) + "/meta";
    }

    /** Where the knowledge of an incarnation's retention lies. */
    public static String retention(TopicIncarnation incarnation) {
        return incarnation(incarnation) + "/retention";
    }

    /** Where the holds of a topic lie, of all its incarnations. */
    public static String holds(String topic) {
        return topic(topic) + "/holds";
    }

    /** Folder of a partition. */
    public static String partition(TopicIdPartition partition) {
        return incarnation(TopicIncarnation.of(partition))
                + "/"
                + PARTITION_PREFIX
                + String.format(Locale.ROOT, "%05d", partition.partition());
    }

    /** Where a segment of a partition lies. */
    public static String segment(TopicIdPartition partition, SegmentName name) {
        return partition(partition) + "/" + name.fileName();
    }

    /** Folder of one restore. */
    public static String restore(String restoreId) {
        return RESTORES + "/" + restoreId;
    }

    static Optional<String> topicName(String folder) {
        return folder.startsWith(TOPIC_PREFIX)
                ? Optional.of(folder.substring(TOPIC_PREFIX.length()))
                : Optional.empty();
    }

    /**
     * Empty if the folder is no incarnation's: its name has to be exactly what {@link #incarnation} makes of the ID.
     */
    static Optional<Uuid> topicId(String folder) {
        if (!folder.startsWith(ID_PREFIX)) {
            return Optional.empty();
        }
        String text = folder.substring(ID_PREFIX.length());
        try {
            Uuid id = Uuid.fromString(text);
            return id.toString().equals(text) && !id.equals(Uuid.ZERO_UUID) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Empty if the folder is no partition's. */
    static OptionalInt partitionNumber(String folder) {
        return folder.matches(PARTITION_PREFIX + "(\\d{5}|[1-9]\\d{5,8})")
                ? OptionalInt.of(Integer.parseInt(folder.substring(PARTITION_PREFIX.length())))
                : OptionalInt.empty();
    }
}
