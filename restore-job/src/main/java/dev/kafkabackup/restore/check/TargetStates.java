// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.kafka.TopicLookup;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** How the targets of a plan look before the restore, in words for the plan's reader. */
public final class TargetStates {

    private final Map<TopicPartition, String> byPartition = new HashMap<>();

    private TargetStates() {}

    /** Looks at the targets; one that cannot be looked at says so. */
    public static TargetStates of(Admin admin, RestorePlan plan) {
        TargetStates states = new TargetStates();
        Map<String, TopicAnswer> answers = TopicLookup.describe(
                admin, plan.topics().stream().map(TopicPlan::target).toList());
        for (TopicPlan topic : plan.topics()) {
            TopicAnswer answer = answers.get(topic.target());
            if (answer instanceof TopicAnswer.Found found) {
                states.add(admin, topic, found.description());
            } else if (answer instanceof TopicAnswer.Failed failed) {
                states.add(topic, "unknown: " + failed.cause().getMessage());
            } else {
                states.add(topic, "to be created");
            }
        }
        return states;
    }

    /** How a partition looks. */
    public String of(String target, int partition) {
        return byPartition.getOrDefault(new TopicPartition(target, partition), "no such partition");
    }

    private void add(TopicPlan topic, String state) {
        topic.partitions()
                .forEach(
                        partition -> byPartition.put(new TopicPartition(topic.target(), partition.partition()), state));
    }

    private void add(Admin admin, TopicPlan topic, TopicDescription description) {
        List<TopicPartition> partitions = description.partitions().stream()
                .map(info -> new TopicPartition(topic.target(), info.partition()))
                .toList();
        try {
            Map<TopicPartition, ListOffsetsResultInfo> starts = offsets(admin, partitions, OffsetSpec.earliest());
            offsets(admin, partitions, OffsetSpec.latest())
                    .forEach((partition, end) -> byPartition.put(
                            partition, state(starts.getOrDefault(partition, end).offset(), end.offset())));
        } catch (KafkaException e) {
            add(topic, "unknown: " + e.getMessage());
        }
    }

    private static Map<TopicPartition, ListOffsetsResultInfo> offsets(
            Admin admin, List<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(partition -> question.put(partition, which));
        return KafkaConnection.await(admin.listOffsets(question).all());
    }

    private static String state(long start, long end) {
        return end > start
                ? "holds offsets " + start + " to " + (end - 1)
                : end == 0 ? "empty" : "empty, ends at " + end;
    }
}
