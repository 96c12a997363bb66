// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.config.CheckedOptions;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.maintenance.MaintenanceConfig;
import dev.kafkabackup.maintenance.MaintenanceOptions;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a backup job is told, read once and checked. {@link BackupOptions} says what each setting means.
 *
 * @param kafka the cluster that is backed up
 * @param storage where the backup lies
 * @param topics which topics
 * @param maintenance null if the job does none
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
        String groupId,
        Duration lagInterval,
        @Nullable MaintenanceConfig maintenance) {

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
        CheckedOptions checked = new CheckedOptions(options);
        return new BackupConfig(
                kafka,
                storage,
                topics,
                checked.value(BackupOptions.ONCE),
                checked.duration(BackupOptions.DISCOVERY_INTERVAL),
                checked.duration(BackupOptions.CHECKPOINT_INTERVAL),
                checked.number(BackupOptions.PARALLELISM, 1, 1_024),
                segmentBytes(checked),
                checked.duration(BackupOptions.SEGMENT_AGE),
                checked.number(BackupOptions.COMPRESSION_LEVEL, 1, 19),
                checked.number(BackupOptions.UPLOAD_THREADS, 1, 64),
                checked.duration(BackupOptions.GROUPS_INTERVAL),
                checked.value(BackupOptions.GROUP_ID),
                checked.duration(BackupOptions.LAG_INTERVAL),
                MaintenanceOptions.isOn(checked)
                        ? MaintenanceOptions.config(
                                checked, segmentBytes(checked), checked.number(BackupOptions.COMPRESSION_LEVEL, 1, 19))
                        : null);
    }

    /** Encoded size at which a segment is sealed, in bytes. */
    public static long segmentBytes(CheckedOptions options) {
        return options.size(BackupOptions.SEGMENT_BYTES, SMALLEST_SEGMENT, LARGEST_SEGMENT)
                .getBytes();
    }
}
