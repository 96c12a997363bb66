// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.kafka.TopicLookup;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that are restored into: checked before the first record is produced, and created where they are missing.
 * All are checked before any is created.
 */
public final class TargetTopics {

    private static final Logger LOG = LoggerFactory.getLogger(TargetTopics.class);

    private static final Duration VISIBILITY_PAUSE = Duration.ofMillis(50);

    private final Admin admin;
    private final TopicMetadataStore metadata;
    private final Clock clock;

    /**
     * @param admin for the target cluster; not closed here
     * @param metadata of the backup; the origin of the restored topics is written there if the target is the cluster of
     *     the backup
     */
    public TargetTopics(Admin admin, TopicMetadataStore metadata, Clock clock) {
        this.admin = admin;
        this.metadata = metadata;
        this.clock = clock;
    }

    /**
     * Makes the targets ready.
     *
     * @return the plan with the targets' start offsets
     * @throws RefusedException if a target holds records or has too few partitions; nothing was created then
     * @throws FailedException if Kafka does not answer or creates no topic
     */
    public RestorePlan prepare(RestorePlan plan) throws IOException {
        List<String> names = plan.topics().stream().map(TopicPlan::target).toList();
        Map<String, TopicAnswer> answers = TopicLookup.describe(admin, names);
        List<Target> targets = new ArrayList<>();
        for (TopicPlan topic : plan.topics()) {
            targets.add(target(topic, answers));
        }
        List<TopicPlan> prepared = new ArrayList<>();
        for (Target target : targets) {
            Uuid id = target.existing().isPresent() ? target.existing().get().topicId() : create(target.topic());
            if (plan.targetClusterId().equals(plan.sourceClusterId())) {
                rememberOrigin(plan, target.topic(), id);
            }
            prepared.add(target.topic().prepared(id, target.topic().partitions()));
        }
        return plan.withTopics(prepared);
    }

    private Target target(TopicPlan topic, Map<String, TopicAnswer> answers) {
        TopicAnswer answer = answers.get(topic.target());
        if (answer instanceof TopicAnswer.Found found) {
            return new Target(withStartOffsets(topic, found.description()), Optional.of(found.description()));
        }
        if (answer instanceof TopicAnswer.Failed failed) {
            throw new FailedException(
                    "Topic %s of the target cannot be looked at: %s"
                            .formatted(topic.target(), failed.cause().getMessage()),
                    failed.cause());
        }
        return new Target(topic, Optional.empty());
    }

    private TopicPlan withStartOffsets(TopicPlan topic, TopicDescription existing) {
        int needed = topic.partitions().stream()
                        .mapToInt(PartitionPlan::partition)
                        .max()
                        .orElse(0)
                + 1;
        if (existing.partitions().size() < needed) {
            throw new RefusedException(
                    "Topic %s has %d partitions, but the restore needs %d: choose another target with --topic %s=TARGET, or add partitions to it"
                            .formatted(topic.target(), existing.partitions().size(), needed, topic.topic()));
        }
        List<TopicPartition> all = existing.partitions().stream()
                .map(info -> new TopicPartition(topic.target(), info.partition()))
                .toList();
        Map<TopicPartition, Long> starts = offsets(all, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(all, OffsetSpec.latest());
        for (TopicPartition partition : all) {
            long start = starts.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, 0L);
            if (end > start) {
                throw new RefusedException(
                        "Topic %s is not empty (partition %d holds offsets %d to %d): choose another target with --topic %s=TARGET"
                                .formatted(topic.target(), partition.partition(), start, end - 1, topic.topic()));
            }
        }
        return topic.prepared(
                existing.topicId(),
                topic.partitions().stream()
                        .map(partition -> partition.withTargetStartOffset(
                                ends.getOrDefault(new TopicPartition(topic.target(), partition.partition()), 0L)))
                        .toList());
    }

    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(partition -> question.put(partition, which));
        try {
            Map<TopicPartition, ListOffsetsResultInfo> answer =
                    KafkaConnection.await(admin.listOffsets(question).all());
            Map<TopicPartition, Long> offsets = new HashMap<>();
            answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
            return offsets;
        } catch (KafkaException e) {
            throw new FailedException(
                    "The offsets of topic %s of the target cannot be read: %s"
                            .formatted(partitions.get(0).topic(), e.getMessage()),
                    e);
        }
    }

    private Uuid create(TopicPlan topic) throws IOException {
        Optional<TopicMetadata> backedUp = metadata.latest(topic.newestIncarnation());
        Map<String, String> backedUpConfigs =
                backedUp.map(TopicMetadata::configs).orElse(Map.of());
        try {
            int brokers = KafkaConnection.await(admin.describeCluster().nodes()).size();
            Optional<Short> replicationFactor =
                    backedUp.map(known -> (short) Math.min(known.replicationFactor(), brokers));
            Map<String, String> configs = CreatedTopicConfigs.protecting(backedUpConfigs);
            CreatedTopicConfigs.wished(backedUpConfigs, replicationFactor.orElse((short) 1))
                    .forEach((name, value) -> {
                        if (isAccepted(topic, replicationFactor, Map.of(name, value))) {
                            configs.put(name, value);
                        } else if (backedUpConfigs.containsKey(name)) {
                            LOG.warn(
                                    "The target does not accept {}={} for topic {}: left out",
                                    name,
                                    value,
                                    topic.target());
                        }
                    });
            Uuid id = KafkaConnection.await(
                    admin.createTopics(List.of(newTopic(topic, replicationFactor, configs)), options(false))
                            .topicId(topic.target()));
            awaitVisible(topic.target(), id);
            LOG.info(
                    "Created topic {} ({}) with {} partitions and {}",
                    topic.target(),
                    id,
                    topic.partitionCount(),
                    configs);
            return id;
        } catch (KafkaException e) {
            throw new FailedException("Topic %s cannot be created: %s".formatted(topic.target(), e.getMessage()), e);
        }
    }

    /** Brokers learn of a new topic a moment after its creation was confirmed. */
    private void awaitVisible(String name, Uuid id) throws IOException {
        long giveUpAt = System.nanoTime() + KafkaConnection.CALL_TIMEOUT.toNanos();
        while (!(TopicLookup.describe(admin, List.of(name)).get(name) instanceof TopicAnswer.Found found
                && found.description().topicId().equals(id))) {
            if (System.nanoTime() > giveUpAt) {
                throw new FailedException("Topic %s (%s) was created, but no broker shows it after %d s"
                        .formatted(name, id, KafkaConnection.CALL_TIMEOUT.toSeconds()));
            }
            try {
                Thread.sleep(VISIBILITY_PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while waiting for topic " + name);
            }
        }
    }

    private boolean isAccepted(TopicPlan topic, Optional<Short> replicationFactor, Map<String, String> config) {
        try {
            KafkaConnection.await(admin.createTopics(List.of(newTopic(topic, replicationFactor, config)), options(true))
                    .all());
            return true;
        } catch (InvalidConfigurationException e) {
            LOG.debug("Refused for topic {}: {}", topic.target(), config, e);
            return false;
        }
    }

    private static NewTopic newTopic(TopicPlan topic, Optional<Short> replicationFactor, Map<String, String> configs) {
        return new NewTopic(topic.target(), Optional.of(topic.partitionCount()), replicationFactor).configs(configs);
    }

    private static CreateTopicsOptions options(boolean validateOnly) {
        return new CreateTopicsOptions().validateOnly(validateOnly);
    }

    /** So that a backup of the restored topic is known to be the same data once more. */
    private void rememberOrigin(RestorePlan plan, TopicPlan topic, Uuid id) throws IOException {
        TopicIncarnation incarnation = new TopicIncarnation(topic.target(), id);
        Optional<TopicMetadata> known = metadata.latest(incarnation);
        metadata.append(new TopicMetadata(
                topic.target(),
                id,
                plan.targetClusterId(),
                known.map(TopicMetadata::partitions).orElse(topic.partitionCount()),
                known.map(TopicMetadata::replicationFactor).orElse(1),
                known.map(TopicMetadata::configs).orElse(new TreeMap<>()),
                known.map(TopicMetadata::configsKnown).orElse(false),
                TopicState.LIVE,
                clock.instant(),
                topic.newestIncarnation().id()));
    }

    /** A topic of the plan and what is there already. */
    private record Target(TopicPlan topic, Optional<TopicDescription> existing) {}
}
