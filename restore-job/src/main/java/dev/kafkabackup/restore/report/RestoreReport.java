// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.restore.plan.Damage;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.PlannedSource;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.topicconfig.TargetConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;

/**
 * What a finished restore did.
 *
 * @param restoreId names the restore
 * @param startedAt when its job was started; when the first attempt was begun, if there were several
 * @param endedAt when its job had finished
 * @param seconds between the two, more than 0; with several attempts the pauses between them count too
 * @param delivery with or without transactions, and whether that mattered
 * @param records number of records produced
 * @param bytesRead size of the segments that were planned
 * @param megabytesReadPerSecond {@code bytesRead} in 1,000,000 bytes, in a second
 * @param topics in the order of the plan
 * @param skipped what was damaged and therefore left out
 */
public record RestoreReport(
        String restoreId,
        Instant startedAt,
        Instant endedAt,
        double seconds,
        DeliveryReport delivery,
        long records,
        long bytesRead,
        double megabytesReadPerSecond,
        List<TopicReport> topics,
        List<Damage> skipped) {

    public RestoreReport {
        topics = List.copyOf(topics);
        skipped = List.copyOf(skipped);
    }

    /**
     * Sums up the offset map, and holds it against the plan.
     *
     * @param withoutTimestamp what the job has met
     * @param configurations of the targets, by name
     * @throws FailedException if the map has more or fewer records than the planned segments
     */
    static RestoreReport of(
            RestorePlan plan,
            OffsetMap map,
            List<Damage> skipped,
            List<RecordsWithoutTimestamp> withoutTimestamp,
            Map<String, TargetConfiguration> configurations,
            DeliveryReport delivery,
            Instant startedAt,
            Instant endedAt) {
        List<TopicReport> topics = new ArrayList<>();
        for (TopicPlan topic : plan.topics()) {
            List<PartitionReport> partitions = new ArrayList<>();
            for (PartitionPlan partition : topic.partitions()) {
                for (PlannedSource source : partition.sources()) {
                    TopicIdPartition from = topic.source(partition, source);
                    PartitionReport report = PartitionReport.of(
                            partition.partition(),
                            source,
                            map.runs(from),
                            withoutTimestamp.stream()
                                    .filter(records -> records.isOf(from))
                                    .toList());
                    boolean whole = skipped.stream().noneMatch(damage -> isIn(damage, from));
                    requirePlanned(plan.restoreId(), from, source, whole, report.records());
                    partitions.add(report);
                }
            }
            topics.add(new TopicReport(
                    topic.topic(),
                    topic.topicIds(),
                    topic.target(),
                    configurations.get(topic.target()),
                    topic.selection(),
                    partitions.stream().mapToLong(PartitionReport::records).sum(),
                    topic.partitions().stream().mapToLong(PartitionPlan::bytes).sum(),
                    partitions));
        }
        long records = topics.stream().mapToLong(TopicReport::records).sum();
        if (records != map.records()) {
            throw new FailedException("Restore %s: its offset map has %d records, but only %d of them were planned"
                    .formatted(plan.restoreId(), map.records(), records));
        }
        double seconds = Math.max(1, Duration.between(startedAt, endedAt).toMillis()) / 1_000.0;
        long bytesRead = topics.stream().mapToLong(TopicReport::bytesRead).sum();
        return new RestoreReport(
                plan.restoreId(),
                startedAt,
                endedAt,
                seconds,
                delivery,
                records,
                bytesRead,
                bytesRead / 1_000_000.0 / seconds,
                topics,
                skipped);
    }

    private static boolean isIn(Damage damage, TopicIdPartition from) {
        return damage.topicId().equals(from.topicId()) && damage.partition() == from.partition();
    }

    private static void requirePlanned(
            String restoreId, TopicIdPartition from, PlannedSource source, boolean whole, long records) {
        boolean asPlanned =
                (source.exact() && whole) ? records == source.recordsAtMost() : records <= source.recordsAtMost();
        if (!asPlanned) {
            throw new FailedException(
                    "Restore %s: the offset map has %d records of %s, but the planned segments hold %s%d: the restore is not complete, start it again with --restore-id %s"
                            .formatted(
                                    restoreId,
                                    records,
                                    from,
                                    source.exact() ? "" : "at most ",
                                    source.recordsAtMost(),
                                    restoreId));
        }
    }
}
