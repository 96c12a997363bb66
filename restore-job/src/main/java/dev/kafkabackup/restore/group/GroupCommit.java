// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.check.RestoredTargets;
import dev.kafkabackup.restore.plan.RestorePlan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * Commits translated offsets for groups, without a leader epoch (the source's epochs mean nothing in the target).
 * Refused are
 *
 * <ul>
 *   <li>a group that has members: they would go on from their own positions and overwrite what is committed here;
 *   <li>a group that has not read all records that were in the target before the restored ones: it would never do;
 *   <li>the offsets in a topic that was deleted since the restore: in the one that has its name now they lead to other
 *       records.
 * </ul>
 */
public final class GroupCommit {

    private final KafkaConnection kafka;
    private final Admin admin;
    private final RestorePlan plan;

    /**
     * Commits for one restore.
     *
     * @param kafka the target cluster
     * @param admin for it; stays the caller's to close
     * @param plan of the restore whose map the offsets were translated through
     */
    public GroupCommit(KafkaConnection kafka, Admin admin, RestorePlan plan) {
        this.kafka = kafka;
        this.admin = admin;
        this.plan = plan;
    }

    /**
     * What was not committed for a group.
     *
     * @param reason why, and what to do
     * @param partitions of the target; one or more
     * @param whole whether these are all, so that nothing was committed
     */
    public record Refusal(String reason, Set<TopicPartition> partitions, boolean whole) {

        public Refusal {
            partitions = Set.copyOf(partitions);
        }

        private static Refusal of(Map<TopicPartition, String> reasons, int all) {
            return new Refusal(
                    reasons.values().stream().distinct().sorted().collect(Collectors.joining("; ")),
                    reasons.keySet(),
                    reasons.size() == all);
        }
    }

    /**
     * Commits group by group; one that is refused does not hold up the others.
     *
     * @return the groups for which not everything was committed
     * @throws dev.kafkabackup.error.FailedException if the targets cannot be looked at
     */
    public Map<String, Refusal> commit(List<TranslatedOffset> offsets) {
        Map<String, Map<TopicPartition, TranslatedOffset>> byGroup = new TreeMap<>();
        for (TranslatedOffset offset : offsets) {
            String group = offset.committed().offset().group();
            offset.target()
                    .ifPresent(target -> byGroup.computeIfAbsent(group, any -> new HashMap<>())
                            .put(target.partition(), offset));
        }
        Map<String, String> gone = byGroup.isEmpty() ? Map.of() : new RestoredTargets(admin).gone(plan);
        UnreadBefore unread = new UnreadBefore(kafka, admin, plan);
        Map<String, Refusal> refused = new TreeMap<>();
        byGroup.forEach((group, positions) -> {
            try {
                Map<TopicPartition, String> reasons = reasonsAgainst(group, positions, gone, unread);
                if (reasons.size() < positions.size()) {
                    commit(group, positions, reasons);
                }
                if (!reasons.isEmpty()) {
                    refused.put(group, Refusal.of(reasons, positions.size()));
                }
            } catch (KafkaException e) {
                refused.put(group, new Refusal("Kafka refused: " + e.getMessage(), positions.keySet(), true));
            }
        });
        return refused;
    }

    /** By partition for which nothing is to be committed: all of them, unless only some of the topics are gone. */
    private Map<TopicPartition, String> reasonsAgainst(
            String group,
            Map<TopicPartition, TranslatedOffset> positions,
            Map<String, String> gone,
            UnreadBefore unread) {
        Optional<String> againstAll = active(group);
        Map<TopicPartition, String> reasons = new HashMap<>();
        for (TopicPartition partition : positions.keySet()) {
            if (againstAll.isEmpty() && gone.containsKey(partition.topic())) {
                reasons.put(
                        partition,
                        "topic %s, into which %s had restored, was %s: translate with the id of the restore that filled the present one"
                                .formatted(partition.topic(), plan.restoreId(), gone.get(partition.topic())));
            }
        }
        if (againstAll.isEmpty()) {
            Set<TopicPartition> there = new HashSet<>(positions.keySet());
            there.removeAll(reasons.keySet());
            againstAll = unread.of(group, there);
        }
        againstAll.ifPresent(reason -> positions.keySet().forEach(partition -> reasons.putIfAbsent(partition, reason)));
        return reasons;
    }

    private Optional<String> active(String group) {
        int members = members(group);
        return members == 0
                ? Optional.empty()
                : Optional.of("it has %d active members: stop its consumers and try again".formatted(members));
    }

    private int members(String group) {
        try {
            Map<String, ConsumerGroupDescription> descriptions = KafkaConnection.await(
                    admin.describeConsumerGroups(List.of(group)).all());
            return descriptions.values().stream()
                    .mapToInt(description -> description.members().size())
                    .sum();
        } catch (GroupIdNotFoundException e) {
            return 0;
        }
    }

    /** Kafka answers for each partition: some may be committed although others are refused. */
    private void commit(
            String group, Map<TopicPartition, TranslatedOffset> positions, Map<TopicPartition, String> reasons) {
        Map<TopicPartition, OffsetAndMetadata> wanted = new HashMap<>();
        positions.forEach((partition, offset) -> offset.target()
                .filter(target -> !reasons.containsKey(partition))
                .ifPresent(target -> wanted.put(partition, new OffsetAndMetadata(target.offset()))));
        AlterConsumerGroupOffsetsResult result = admin.alterConsumerGroupOffsets(group, wanted);
        for (TopicPartition partition : wanted.keySet()) {
            try {
                KafkaConnection.await(result.partitionResult(partition));
            } catch (KafkaException e) {
                reasons.put(partition, "Kafka refused: " + e.getMessage());
            }
        }
    }
}
