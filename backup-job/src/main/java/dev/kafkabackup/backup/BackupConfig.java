// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a backup job is told, read once and checked. {@link BackupOptions} says what each setting means.
 *
 * @param kafka the cluster that is backed up
 * @param storage where the backup lies
 * @param topics which topics
 */
public record BackupConfig(
        KafkaConnection kafka,
        StorageLocation storage,
        TopicFilter topics,
        boolean once,
        Duration discoveryInterval,
        Duration checkpointInterval,
        int parallelism,
        long segmentBytes,
        Duration segmentAge,
        int compressionLevel,
        int uploadThreads,
        Duration groupsInterval,
        String groupId) {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final MemorySize SMALLEST_SEGMENT = MemorySize.parse("16kb");
    private static final MemorySize LARGEST_SEGMENT = MemorySize.ofMebiBytes(1024);

    /**
     * Reads the options.
     *
     * @throws UsageException if one is missing or out of range, naming it
     */
    public static BackupConfig from(ReadableConfig options, KafkaConnection kafka, StorageLocation storage) {
        String include = options.getOptional(BackupOptions.INCLUDE)
                .orElseThrow(() ->
                        new UsageException("Missing --include: a regular expression for the topics, '.*' for all"));
        TopicFilter topics = TopicFilter.of(
                include, options.getOptional(BackupOptions.EXCLUDE).orElse(null));
        MemorySize segmentBytes = value(options, BackupOptions.SEGMENT_BYTES);
        check(
                segmentBytes.compareTo(SMALLEST_SEGMENT) >= 0 && segmentBytes.compareTo(LARGEST_SEGMENT) <= 0,
                BackupOptions.SEGMENT_BYTES,
                segmentBytes,
                "between 16 kb and 1 gb");
        return new BackupConfig(
                kafka,
                storage,
                topics,
                value(options, BackupOptions.ONCE),
                duration(options, BackupOptions.DISCOVERY_INTERVAL),
                duration(options, BackupOptions.CHECKPOINT_INTERVAL),
                number(options, BackupOptions.PARALLELISM, 1, 1_024),
                segmentBytes.getBytes(),
                duration(options, BackupOptions.SEGMENT_AGE),
                number(options, BackupOptions.COMPRESSION_LEVEL, 1, 19),
                number(options, BackupOptions.UPLOAD_THREADS, 1, 64),
                duration(options, BackupOptions.GROUPS_INTERVAL),
                value(options, BackupOptions.GROUP_ID));
    }

    private static <T> T value(ReadableConfig options, ConfigOption<T> option) {
        try {
            return options.get(option);
        } catch (IllegalArgumentException e) {
            String text = options.toMap().getOrDefault(option.key(), "");
            throw new UsageException(
                    "--%s must be %s, but is '%s'".formatted(option.key(), kind(option.defaultValue()), text), e);
        }
    }

    private static String kind(@Nullable Object example) {
        if (example instanceof Duration) {
            return "a duration like 30s or 7d";
        }
        if (example instanceof MemorySize) {
            return "a size like 48mb";
        }
        return example instanceof Boolean ? "true or false" : "a number";
    }

    private static Duration duration(ReadableConfig options, ConfigOption<Duration> option) {
        Duration value = value(options, option);
        check(value.compareTo(LONGEST) <= 0, option, value, "365d or less");
        check(value.compareTo(SHORTEST) >= 0, option, value.toMillis() + "ms", "100ms or more");
        return value;
    }

    private static int number(ReadableConfig options, ConfigOption<Integer> option, int min, int max) {
        int value = value(options, option);
        check(value >= min && value <= max, option, value, "between " + min + " and " + max);
        return value;
    }

    private static void check(boolean condition, ConfigOption<?> option, Object value, String allowed) {
        if (!condition) {
            throw new UsageException("--%s must be %s, but is '%s'".formatted(option.key(), allowed, value));
        }
    }
}
