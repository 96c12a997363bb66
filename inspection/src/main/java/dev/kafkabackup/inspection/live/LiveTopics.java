// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.live;

import static java.util.Objects.requireNonNull;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.kafka.GroupCommits;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.kafka.TopicLookup;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/** Asks the cluster that a backup belongs to about incarnations. */
public final class LiveTopics implements AutoCloseable {

    private final KafkaConnection kafka;
    private final Admin admin;

    /**
     * Connects.
     *
     * @param clusterId of the cluster that the backup belongs to
     * @throws RefusedException if this is another cluster
     */
    public LiveTopics(KafkaConnection kafka, String clusterId) {
        this.kafka = kafka;
        this.admin = kafka.admin("kafka-backup-inspection");
        String answered;
        try {
            answered = kafka.clusterId(admin);
        } catch (RuntimeException e) {
            admin.close();
            throw e;
        }
        if (!answered.equals(clusterId)) {
            admin.close();
            throw new RefusedException(
                    "The backup belongs to the Kafka cluster %s, but %s is cluster %s: check --bootstrap-server"
                            .formatted(clusterId, kafka, answered));
        }
    }

    /** How to reach the cluster. */
    public KafkaConnection connection() {
        return kafka;
    }

    /**
     * The incarnation as Kafka has it now; empty if it has none of the name, or another one.
     *
     * @throws KafkaException if Kafka does not tell
     */
    public Optional<TopicDescription> find(TopicIncarnation incarnation) {
        TopicAnswer answer =
                TopicLookup.describe(admin, List.of(incarnation.name())).get(incarnation.name());
        if (answer instanceof TopicAnswer.Failed failed) {
            throw failed.cause();
        }
        return answer instanceof TopicAnswer.Found found
                        && found.description().topicId().equals(incarnation.id())
                ? Optional.of(found.description())
                : Optional.empty();
    }

    /** Bounds of the logs of an incarnation; nothing if Kafka does not have it, before and after it was asked. */
    public Map<Integer, LiveLog> logs(TopicIncarnation incarnation) {
        Optional<TopicDescription> topic = find(incarnation);
        if (topic.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicPartitionInfo partition : topic.get().partitions()) {
            earliest.put(new TopicPartition(incarnation.name(), partition.partition()), OffsetSpec.earliest());
            latest.put(new TopicPartition(incarnation.name(), partition.partition()), OffsetSpec.latest());
        }
        ListOffsetsResult starts = admin.listOffsets(earliest);
        ListOffsetsResult ends = admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        Map<Integer, LiveLog> logs = new TreeMap<>();
        for (TopicPartition partition : earliest.keySet()) {
            logs.put(
                    partition.partition(),
                    new LiveLog(
                            KafkaConnection.await(starts.partitionResult(partition))
                                    .offset(),
                            KafkaConnection.await(ends.partitionResult(partition))
                                    .offset()));
        }
        return find(incarnation).isPresent() ? logs : Map.of();
    }

    /** Configs that are set on the topic itself, sensitive ones left out; empty if they may not be read. */
    public Optional<Map<String, String>> configs(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Config config = KafkaConnection.await(requireNonNull(
                    admin.describeConfigs(List.of(resource)).values().get(resource)));
            Map<String, String> values = new TreeMap<>();
            for (ConfigEntry entry : config.entries()) {
                if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
                        && !entry.isSensitive()
                        && entry.value() != null) {
                    values.put(entry.name(), entry.value());
                }
            }
            return Optional.of(values);
        } catch (KafkaException e) {
            return Optional.empty();
        }
    }

    /**
     * What consumer groups have committed now for incarnations: an offset belongs to the one whose ID its topic had
     * both before and after the offsets were read.
     *
     * @param groups that are asked for even if Kafka does not list them
     * @param ownGroup is left out
     * @param denied told about each group that Kafka did not tell about
     */
    public List<GroupOffset> committed(
            Collection<TopicIncarnation> incarnations,
            Collection<String> groups,
            String ownGroup,
            BiConsumer<String, KafkaException> denied) {
        List<String> names =
                incarnations.stream().map(TopicIncarnation::name).distinct().toList();
        Set<TopicIncarnation> wanted = Set.copyOf(incarnations);
        Set<TopicIncarnation> before = found(names);
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed =
                GroupCommits.of(admin, groups, ownGroup, denied);
        Map<String, Uuid> ids = new HashMap<>();
        for (TopicIncarnation incarnation : found(names)) {
            if (before.contains(incarnation) && wanted.contains(incarnation)) {
                ids.put(incarnation.name(), incarnation.id());
            }
        }
        List<GroupOffset> offsets = new ArrayList<>();
        committed.forEach((group, partitions) -> partitions.forEach((partition, offset) -> {
            Uuid id = ids.get(partition.topic());
            if (id != null && offset != null) {
                offsets.add(new GroupOffset(group, partition.topic(), id, partition.partition(), offset.offset()));
            }
        }));
        return offsets;
    }

    private Set<TopicIncarnation> found(Collection<String> names) {
        Set<TopicIncarnation> found = new HashSet<>();
        TopicLookup.describe(admin, names).forEach((name, answer) -> {
            if (answer instanceof TopicAnswer.Found topic) {
                found.add(new TopicIncarnation(name, topic.description().topicId()));
            }
        });
        return found;
    }

    @Override
    public void close() {
        admin.close();
    }
}
