// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.error.UnsupportedFormatVersionException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.parquet.FileChecksum;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What a segment's footer says about it, so that an object that was moved or renamed gives itself away.
 *
 * @param clusterId id of the Kafka cluster that served the records
 * @param partition partition and incarnation
 * @param range the offsets that the segment covers
 * @param name the name that it was published under, without its size; null if another writer left it out
 * @param gapStartOffset from here up to the segment's start Kafka had no records any more when the segment was read, so
 *     that a hole there is no lost segment; less than the start, null if there was no such gap
 */
public record SegmentMetadata(
        String clusterId,
        TopicIdPartition partition,
        OffsetRange range,
        @Nullable String name,
        @Nullable Long gapStartOffset) {

    /** Version of the segment format that this release writes. */
    public static final int FORMAT_VERSION = 1;

    private static final String FORMAT_VERSION_KEY = "kafka-backup.format-version";
    private static final String CLUSTER_ID_KEY = "kafka-backup.cluster-id";
    private static final String TOPIC_KEY = "kafka-backup.topic";
    private static final String TOPIC_ID_KEY = "kafka-backup.topic-id";
    private static final String PARTITION_KEY = "kafka-backup.partition";
    private static final String START_OFFSET_KEY = "kafka-backup.start-offset";
    private static final String END_OFFSET_KEY = "kafka-backup.end-offset";
    private static final String NAME_KEY = "kafka-backup.name";
    private static final String GAP_START_OFFSET_KEY = "kafka-backup.gap-start-offset";

    Map<String, String> toFooter() {
        Map<String, String> footer = new TreeMap<>();
        footer.put(FORMAT_VERSION_KEY, Integer.toString(FORMAT_VERSION));
        footer.put(CLUSTER_ID_KEY, clusterId);
        footer.put(TOPIC_KEY, partition.topic());
        footer.put(TOPIC_ID_KEY, partition.topicId().toString());
        footer.put(PARTITION_KEY, Integer.toString(partition.partition()));
        footer.put(START_OFFSET_KEY, Long.toString(range.startOffset()));
        footer.put(END_OFFSET_KEY, Long.toString(range.endOffset()));
        if (name != null) {
            footer.put(NAME_KEY, name);
        }
        if (gapStartOffset != null) {
            footer.put(GAP_START_OFFSET_KEY, Long.toString(gapStartOffset));
        }
        footer.put(FileChecksum.KEY, FileChecksum.NOT_YET_KNOWN);
        return footer;
    }

    /**
     * @param path the object's path below the root, for messages
     * @throws UnsupportedFormatVersionException if a newer release wrote it
     * @throws IllegalArgumentException if an entry is missing or cannot be read, saying which
     */
    static SegmentMetadata fromFooter(String path, Map<String, String> footer) {
        int version = Integer.parseInt(entry(footer, FORMAT_VERSION_KEY));
        if (version > FORMAT_VERSION) {
            throw new UnsupportedFormatVersionException("Segment " + path, version, FORMAT_VERSION);
        }
        return new SegmentMetadata(
                entry(footer, CLUSTER_ID_KEY),
                new TopicIdPartition(
                        Uuid.fromString(entry(footer, TOPIC_ID_KEY)),
                        Integer.parseInt(entry(footer, PARTITION_KEY)),
                        entry(footer, TOPIC_KEY)),
                new OffsetRange(
                        Long.parseLong(entry(footer, START_OFFSET_KEY)), Long.parseLong(entry(footer, END_OFFSET_KEY))),
                footer.get(NAME_KEY),
                number(footer.get(GAP_START_OFFSET_KEY)));
    }

    private static @Nullable Long number(@Nullable String text) {
        return text == null ? null : Long.valueOf(text);
    }

    private static String entry(Map<String, String> footer, String key) {
        @Nullable String value = footer.get(key);
        if (value == null) {
            throw new IllegalArgumentException("the footer has no entry " + key);
        }
        return value;
    }
}
