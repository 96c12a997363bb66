// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.kafkabackup.maintenance.MaintenanceOptions;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/**
 * Options of the backup job besides where Kafka and the storage are. The same names on the command line and in files.
 */
public final class BackupOptions {

    /** Which topics. */
    public static final ConfigOption<String> INCLUDE = key("include")
            .stringType()
            .noDefaultValue()
            .withDescription("Regular expression that matches the whole name of each topic to back up. Required.");

    /** Which topics not. */
    public static final ConfigOption<String> EXCLUDE = key("exclude")
            .stringType()
            .noDefaultValue()
            .withDescription("Regular expression that matches the whole name of each topic to leave out.");

    /** How soon new topics and partitions join. */
    public static final ConfigOption<Duration> DISCOVERY_INTERVAL = key("discovery-interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(30))
            .withDescription("How often new topics and partitions are looked for, and deleted ones noticed.");

    /** How often what was read is published. */
    public static final ConfigOption<Duration> CHECKPOINT_INTERVAL = key("checkpoint-interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(60))
            .withDescription("How often open segments are sealed and published by a Flink checkpoint.");

    /** Number of subtasks. */
    public static final ConfigOption<Integer> PARALLELISM = key("parallelism")
            .intType()
            .defaultValue(Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors())))
            .withDescription(
                    "Number of subtasks that the partitions are spread over: by default the cores, at most 4.");

    /** When a segment is sealed by size. */
    public static final ConfigOption<MemorySize> SEGMENT_BYTES = key("segment-bytes")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(48))
            .withDescription("Encoded size at which a segment is sealed; the stored object may be a little larger.");

    /** When a segment is sealed by age. */
    public static final ConfigOption<Duration> SEGMENT_AGE = key("segment-age")
            .durationType()
            .defaultValue(Duration.ofSeconds(60))
            .withDescription("How long a record waits in an open segment at most, whether or not checkpoints succeed.");

    /** How hard payloads are compressed. */
    public static final ConfigOption<Integer> COMPRESSION_LEVEL = key("compression-level")
            .intType()
            .defaultValue(ZstdCodecFactory.DEFAULT_LEVEL)
            .withDescription("zstd level, 1 (fast) to 19 (small).");

    /** Concurrent uploads. */
    public static final ConfigOption<Integer> UPLOAD_THREADS = key("upload-threads")
            .intType()
            .defaultValue(4)
            .withDescription("Uploads that each subtask runs at the same time; one per partition at most.");

    /** How often group offsets are looked at. */
    public static final ConfigOption<Duration> GROUPS_INTERVAL = key("groups-interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(30))
            .withDescription(
                    "How often the committed offsets of consumer groups are recorded; only changes are stored.");

    /** The backup's own group. */
    public static final ConfigOption<String> GROUP_ID = key("group-id")
            .stringType()
            .defaultValue("kafka-backup")
            .withDescription(
                    "Consumer group for which the backup commits its durable offsets, for tools that watch groups;"
                            + " left out of the recorded groups.");

    /** How fresh the lag is. */
    public static final ConfigOption<Duration> LAG_INTERVAL = key("lag-interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(5))
            .withDescription(
                    "How often Kafka is asked how far the backup is behind, and durable offsets are committed.");

    /** Bounded or not. */
    public static final ConfigOption<Boolean> ONCE = key("once")
            .booleanType()
            .defaultValue(false)
            .withDescription("Stop when every partition has reached the last stable offset seen at start.");

    /** All of them, in the order in which help shows them. */
    public static final List<ConfigOption<?>> ALL = Stream.concat(
                    Stream.of(
                            INCLUDE,
                            EXCLUDE,
                            ONCE,
                            DISCOVERY_INTERVAL,
                            CHECKPOINT_INTERVAL,
                            PARALLELISM,
                            SEGMENT_BYTES,
                            SEGMENT_AGE,
                            COMPRESSION_LEVEL,
                            UPLOAD_THREADS,
                            GROUPS_INTERVAL,
                            GROUP_ID,
                            LAG_INTERVAL,
                            MaintenanceOptions.MAINTENANCE,
                            MaintenanceOptions.INTERVAL,
                            MaintenanceOptions.BYTES_PER_SECOND),
                    MaintenanceOptions.ALL.stream())
            .toList();

    private BackupOptions() {}
}
