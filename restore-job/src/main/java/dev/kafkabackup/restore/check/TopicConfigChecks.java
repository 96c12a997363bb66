// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.PlannedSource;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.topicconfig.TimestampLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Whether a topic's configuration leaves restored records as they are. Goes by what a plan knows, which is what
 * listings tell: smallest and largest timestamps of segments, and their size.
 */
final class TopicConfigChecks {

    /**
     * How many bytes a byte of a segment takes in Kafka's log, at most, for all one can tell: segments are compressed
     * harder than what producers send. What is refused wrongly can be allowed; what is deleted wrongly is gone.
     */
    private static final int KAFKA_BYTES_PER_SEGMENT_BYTE = 3;

    /** What Kafka accepts unless a broker or topic says otherwise. */
    private static final long DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

    private final TopicPlan topic;
    private final Map<String, String> configs;
    private final Instant now;
    private final List<Finding> findings = new ArrayList<>();

    private TopicConfigChecks(TopicPlan topic, Map<String, String> configs, Instant now) {
        this.topic = topic;
        this.configs = configs;
        this.now = now;
    }

    /**
     * Checks a configuration.
     *
     * @param topic what is to be restored into it
     * @param configs the target's values by name, defaults included; what is missing is not checked
     * @param backedUp the source's values that differed from the defaults
     */
    static List<Finding> of(TopicPlan topic, Map<String, String> configs, Map<String, String> backedUp, Instant now) {
        TopicConfigChecks checks = new TopicConfigChecks(topic, configs, now);
        checks.check(backedUp);
        return checks.findings;
    }

    private void check(Map<String, String> backedUp) {
        Optional<LongSummaryStatistics> timestamps = timestamps();
        boolean appendTime = "LogAppendTime".equals(configs.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG));
        if (appendTime) {
            found(
                    Check.APPEND_TIME,
                    "has message.timestamp.type=LogAppendTime, which replaces the timestamps of restored records",
                    "set it to CreateTime",
                    "the original timestamps are lost");
        }
        List<String> policy = Arrays.asList(
                configs.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "").split(" *, *", -1));
        if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            found(
                    Check.COMPACTION,
                    "has cleanup.policy=" + configs.get(TopicConfig.CLEANUP_POLICY_CONFIG)
                            + ", which removes all but the last restored record of a key",
                    "set it to delete for the time of the restore",
                    "records are removed, and records without a key end the restore");
        }
        if (policy.contains(TopicConfig.CLEANUP_POLICY_DELETE)) {
            if (!appendTime) {
                timestamps.ifPresent(range -> retentionTime(range.getMin()));
            }
            retentionBytes();
        }
        messageSize(backedUp);
        if (!appendTime) {
            timestamps.ifPresent(range -> timestampLimits(range.getMin(), range.getMax()));
        }
    }

    /** Smallest and largest timestamp that may be produced; a record without one gets 0. Empty if nothing is. */
    private Optional<LongSummaryStatistics> timestamps() {
        LongSummaryStatistics timestamps = new LongSummaryStatistics();
        for (PartitionPlan partition : topic.partitions()) {
            for (PlannedSource source : partition.sources()) {
                if (!source.isEmpty()) {
                    timestamps.accept(Math.max(
                            0,
                            Math.max(
                                    source.minTimestamp(),
                                    topic.selection().time().fromMs())));
                    timestamps.accept(Math.max(
                            0,
                            Math.min(
                                    source.maxTimestamp(),
                                    topic.selection().time().toMs() - 1)));
                }
            }
        }
        return timestamps.getCount() == 0 ? Optional.empty() : Optional.of(timestamps);
    }

    private void retentionTime(long oldest) {
        OptionalLong retention = number(TopicConfig.RETENTION_MS_CONFIG);
        if (retention.isPresent()
                && retention.getAsLong() >= 0
                && oldest < now.toEpochMilli() - retention.getAsLong()) {
            found(
                    Check.RETENTION,
                    "has retention.ms=%d (%s), but the oldest restored record may be of %s and would be deleted at once"
                            .formatted(
                                    retention.getAsLong(), days(retention.getAsLong()), Instant.ofEpochMilli(oldest)),
                    "set it to -1 for the time of the restore",
                    "older records are deleted");
        }
    }

    private static String days(long ms) {
        Duration duration = Duration.ofMillis(ms);
        return duration.toDays() > 0 ? duration.toDays() + " days" : duration.toMinutes() + " minutes";
    }

    private void retentionBytes() {
        OptionalLong retention = number(TopicConfig.RETENTION_BYTES_CONFIG);
        if (retention.isEmpty() || retention.getAsLong() < 0) {
            return;
        }
        for (PartitionPlan partition : topic.partitions()) {
            long needed = partition.bytes() * KAFKA_BYTES_PER_SEGMENT_BYTE;
            if (needed > retention.getAsLong()) {
                found(
                        Check.RETENTION,
                        "has retention.bytes=%d, but partition %d may need %d (%d bytes in the backup, compressed), so that its oldest records would be deleted"
                                .formatted(retention.getAsLong(), partition.partition(), needed, partition.bytes()),
                        "set it to -1 for the time of the restore",
                        "the oldest records are deleted");
                return;
            }
        }
    }

    private void messageSize(Map<String, String> backedUp) {
        OptionalLong limit = number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        long source = Long.parseLong(
                backedUp.getOrDefault(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Long.toString(DEFAULT_MAX_MESSAGE_BYTES)));
        if (limit.isPresent() && limit.getAsLong() < source) {
            found(
                    Check.MESSAGE_SIZE,
                    "has max.message.bytes=%d, but the source accepted records of up to %d bytes"
                            .formatted(limit.getAsLong(), source),
                    "raise it",
                    "a record that is too large ends the restore");
        }
    }

    private void timestampLimits(long oldest, long newest) {
        TimestampLimits limits = TimestampLimits.of(configs);
        limits.before().ifPresent(before -> {
            if (before.ms() < now.toEpochMilli() - oldest) {
                refusesTimestamps(before, "the oldest restored record may be of " + Instant.ofEpochMilli(oldest));
            }
        });
        limits.after().ifPresent(after -> {
            if (after.ms() < newest - now.toEpochMilli()) {
                refusesTimestamps(after, "the newest restored record may be of " + Instant.ofEpochMilli(newest));
            }
        });
    }

    private void refusesTimestamps(TimestampLimits.Limit limit, String record) {
        found(
                Check.TIMESTAMPS,
                "has %s=%d, so that it accepts no such timestamps: %s".formatted(limit.config(), limit.ms(), record),
                "set it to " + Long.MAX_VALUE,
                "a record with such a timestamp ends the restore");
    }

    private OptionalLong number(String name) {
        String value = configs.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
    }

    private void found(Check check, String what, String wayOut, String consequence) {
        findings.add(new Finding(check, "Topic " + topic.target() + " " + what, wayOut, consequence));
    }
}
