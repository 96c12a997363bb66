// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.topicconfig.LiveConfigs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * A target that is there already, as it was found.
 *
 * @param topic what is to be restored into it
 * @param description the topic itself
 * @param startOffsets first offset of each partition
 * @param endOffsets offset behind the last record of each partition
 */
record ExistingTarget(
        TopicPlan topic,
        TopicDescription description,
        Map<TopicPartition, Long> startOffsets,
        Map<TopicPartition, Long> endOffsets) {

    static ExistingTarget of(Admin admin, TopicPlan topic, TopicDescription description) {
        List<TopicPartition> partitions = description.partitions().stream()
                .map(info -> new TopicPartition(topic.target(), info.partition()))
                .toList();
        TargetOffsets offsets = new TargetOffsets(admin);
        return new ExistingTarget(
                topic,
                description,
                offsets.of(partitions, OffsetSpec.earliest()),
                offsets.of(partitions, OffsetSpec.latest()));
    }

    /** How many partitions the restore needs. */
    int partitionsNeeded() {
        return topic.partitions().stream()
                        .mapToInt(PartitionPlan::partition)
                        .max()
                        .orElse(0)
                + 1;
    }

    boolean hasTooFewPartitions() {
        return description.partitions().size() < partitionsNeeded();
    }

    boolean isEmpty() {
        return endOffsets.entrySet().stream()
                .allMatch(end -> end.getValue() <= startOffsets.getOrDefault(end.getKey(), 0L));
    }

    /** Whether the target is one of the very topics whose records are restored. */
    boolean isSource(RestorePlan plan) {
        return plan.targetClusterId().equals(plan.sourceClusterId())
                && topic.topicIds().contains(description.topicId());
    }

    /** Partitions of the plan with the offsets at which the restored records will begin. */
    List<PartitionPlan> partitionsWithStartOffsets() {
        return topic.partitions().stream()
                .map(partition -> partition.withTargetStartOffset(
                        endOffsets.getOrDefault(new TopicPartition(topic.target(), partition.partition()), 0L)))
                .toList();
    }

    /**
     * What speaks against restoring into it.
     *
     * @throws RefusedException if it has too few partitions and none are to be added
     */
    List<Finding> findings(
            RestorePlan plan, Admin admin, TargetOptions options, Map<String, String> backedUp, Instant now) {
        if (hasTooFewPartitions() && !options.addPartitions()) {
            throw new RefusedException(
                    "Topic %s has %d partitions, but the restore needs %d: choose another target with --topic %s=TARGET, or have them added with --add-partitions"
                            .formatted(
                                    topic.target(),
                                    description.partitions().size(),
                                    partitionsNeeded(),
                                    topic.topic()));
        }
        List<Finding> findings = new ArrayList<>();
        if (isSource(plan)) {
            findings.add(new Finding(
                    Check.LIVE_SOURCE,
                    "Topic %s (%s) is the topic that was backed up, and still there"
                            .formatted(topic.target(), description.topicId()),
                    anotherTarget(),
                    "the restored records are appended to the topic that they come from, and backed up again"));
        }
        for (int partition = 0; partition < description.partitions().size(); partition++) {
            long start = startOffsets.getOrDefault(new TopicPartition(topic.target(), partition), 0L);
            long end = endOffsets.getOrDefault(new TopicPartition(topic.target(), partition), start);
            if (end > start) {
                findings.add(new Finding(
                        Check.NOT_EMPTY,
                        "Topic %s is not empty (partition %d holds offsets %d to %d)"
                                .formatted(topic.target(), partition, start, end - 1),
                        anotherTarget(),
                        "restored records come behind those that are there"));
                break;
            }
        }
        findings.addAll(configFindings(admin, backedUp, now));
        return findings;
    }

    private String anotherTarget() {
        return "choose another target with --topic %s=TARGET".formatted(topic.topic());
    }

    private List<Finding> configFindings(Admin admin, Map<String, String> backedUp, Instant now) {
        try {
            return TopicConfigChecks.of(
                    topic, LiveConfigs.of(admin, topic.target()).all(), backedUp, now);
        } catch (AuthorizationException e) {
            return List.of(TargetRights.missing(
                    "The configuration of topic %s may not be read, so that nobody knows whether it keeps restored records"
                            .formatted(topic.target()),
                    "grant DESCRIBE_CONFIGS on it"));
        } catch (KafkaException e) {
            throw new FailedException(
                    "The configuration of topic %s of the target cannot be read: %s"
                            .formatted(topic.target(), e.getMessage()),
                    e);
        }
    }
}
