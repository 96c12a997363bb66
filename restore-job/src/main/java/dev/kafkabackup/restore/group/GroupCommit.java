// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.kafka.KafkaConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * Commits translated offsets for groups, without a leader epoch (the source's epochs mean nothing in the target). A
 * group that has members is refused: they would go on from their own positions and overwrite what is committed here.
 */
public final class GroupCommit {

    private final Admin admin;

    /** Commits through the given client, which stays the caller's to close. */
    public GroupCommit(Admin admin) {
        this.admin = admin;
    }

    /**
     * Commits group by group; one that is refused does not hold up the others.
     *
     * @return for each group why its offsets were not committed; empty if they were
     */
    public Map<String, Optional<String>> commit(List<TranslatedOffset> offsets) {
        Map<String, Map<TopicPartition, OffsetAndMetadata>> byGroup = new TreeMap<>();
        for (TranslatedOffset offset : offsets) {
            String group = offset.committed().offset().group();
            offset.target()
                    .ifPresent(target -> byGroup.computeIfAbsent(group, any -> new HashMap<>())
                            .put(target.partition(), new OffsetAndMetadata(target.offset())));
        }
        Map<String, Optional<String>> results = new TreeMap<>();
        byGroup.forEach((group, positions) -> results.put(group, commit(group, positions)));
        return results;
    }

    private Optional<String> commit(String group, Map<TopicPartition, OffsetAndMetadata> positions) {
        try {
            int members = members(group);
            if (members > 0) {
                return Optional.of("it has %d active members: stop its consumers and try again".formatted(members));
            }
            KafkaConnection.await(
                    admin.alterConsumerGroupOffsets(group, positions).all());
            return Optional.empty();
        } catch (KafkaException e) {
            return Optional.of("Kafka refused: " + e.getMessage());
        }
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
}
