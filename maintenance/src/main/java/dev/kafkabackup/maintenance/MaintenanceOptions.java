// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.kafkabackup.config.CheckedOptions;
import dev.kafkabackup.error.UsageException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/** Options of maintenance, with the same names in the backup job and in the command. */
public final class MaintenanceOptions {

    private static final String ON = "on";
    private static final String OFF = "off";

    /** Whether the backup job does it. */
    public static final ConfigOption<String> MAINTENANCE = key("maintenance")
            .stringType()
            .defaultValue(ON)
            .withDescription(
                    "on: small segments are merged and expired ones removed beside the backup. off: that is left to 'maintain'.");

    /** How often. */
    public static final ConfigOption<Duration> INTERVAL = key("maintenance-interval")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription("How long after the end of one maintenance cycle the next one starts.");

    /** When expired records leave the backup. */
    public static final ConfigOption<String> RETENTION_GRACE = key("retention-grace")
            .stringType()
            .defaultValue("7d")
            .withDescription(
                    "How long records stay in the backup after Kafka has removed them by its retention; 'never' removes none.");

    /** When deleted topics leave the backup. */
    public static final ConfigOption<String> DELETED_TOPIC_GRACE = key("deleted-topic-grace")
            .stringType()
            .defaultValue("30d")
            .withDescription("How long a topic stays in the backup after it was deleted; 'never' removes none.");

    /** When deletions look like an accident. */
    public static final ConfigOption<Integer> CONFIRM_DELETIONS_ABOVE = key("confirm-deletions-above")
            .intType()
            .defaultValue(20)
            .withDescription(
                    "Percentage of the topics: if more than that are deleted within a day, they stay until 'confirm-deletions'.");

    /** How much at a time. */
    public static final ConfigOption<MemorySize> BYTES_PER_SECOND = key("maintenance-bytes-per-second")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(4))
            .withDescription("How much is merged, or read again after that, in a second on average, in stored bytes.");

    /** Those that the command has as well, in the order in which help shows them. */
    public static final List<ConfigOption<?>> ALL =
            List.of(RETENTION_GRACE, DELETED_TOPIC_GRACE, CONFIRM_DELETIONS_ABOVE);

    private MaintenanceOptions() {}

    /**
     * Whether the backup job is to do maintenance.
     *
     * @throws UsageException if that cannot be read
     */
    public static boolean isOn(CheckedOptions options) {
        String text = options.value(MAINTENANCE);
        if (!text.equals(ON) && !text.equals(OFF)) {
            throw new UsageException("--%s must be on or off, but is '%s'".formatted(MAINTENANCE.key(), text));
        }
        return text.equals(ON);
    }

    /**
     * Reads the options.
     *
     * @param targetBytes size up to which segments are merged
     * @param compressionLevel zstd level of merged segments
     * @throws UsageException if one is out of range, naming it
     */
    public static MaintenanceConfig config(CheckedOptions options, long targetBytes, int compressionLevel) {
        return new MaintenanceConfig(
                options.duration(INTERVAL),
                options.durationOrNever(RETENTION_GRACE),
                options.durationOrNever(DELETED_TOPIC_GRACE),
                options.number(CONFIRM_DELETIONS_ABOVE, 0, 100) / 100.0,
                targetBytes,
                compressionLevel,
                options.size(BYTES_PER_SECOND, MemorySize.parse("16kb"), MemorySize.MAX_VALUE)
                        .getBytes());
    }
}
