// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Asks for committed offsets: an answer for each group, so that one group without rights hides no other. */
public final class GroupCommits {

    private GroupCommits() {}

    /**
     * The committed offsets of all groups that Kafka lists, and of those that are known already: a listing leaves out
     * what one may not see, and only the answer tells a deleted group from one without rights.
     *
     * @param known groups that are asked for by name
     * @param ownGroup is left out
     * @param denied told about each group that Kafka did not tell about; such a group is no group without offsets
     * @return by group, for each that Kafka told about
     * @throws KafkaException if groups cannot be listed
     */
    public static Map<String, Map<TopicPartition, OffsetAndMetadata>> of(
            Admin admin, Collection<String> known, String ownGroup, BiConsumer<String, KafkaException> denied) {
        Map<String, ListConsumerGroupOffsetsSpec> wanted = new HashMap<>();
        known.forEach(group -> wanted.put(group, new ListConsumerGroupOffsetsSpec()));
        for (GroupListing group : KafkaConnection.await(admin.listGroups().all())) {
            if (group.type().filter(type -> type == GroupType.SHARE).isEmpty()) {
                wanted.put(group.groupId(), new ListConsumerGroupOffsetsSpec());
            }
        }
        wanted.remove(ownGroup);
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = new HashMap<>();
        if (wanted.isEmpty()) {
            return committed;
        }
        ListConsumerGroupOffsetsResult answers =
                admin.listConsumerGroupOffsets(wanted, new ListConsumerGroupOffsetsOptions().requireStable(true));
        for (String group : wanted.keySet()) {
            try {
                committed.put(group, KafkaConnection.await(answers.partitionsToOffsetAndMetadata(group)));
            } catch (KafkaException e) {
                denied.accept(group, e);
            }
        }
        return committed;
    }
}
