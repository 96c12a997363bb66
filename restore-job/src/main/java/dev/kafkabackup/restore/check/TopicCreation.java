// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.kafka.TopicLookup;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.topicconfig.CreatedTopicConfigs;
import dev.kafkabackup.topic.TopicMetadata;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates targets that are missing, and partitions that are missing in others. */
final class TopicCreation {

    private static final Logger LOG = LoggerFactory.getLogger(TopicCreation.class);

    private static final Duration VISIBILITY_PAUSE = Duration.ofMillis(50);

    private final Admin admin;
    private final TargetOptions options;

    TopicCreation(Admin admin, TargetOptions options) {
        this.admin = admin;
        this.options = options;
    }

    /**
     * A topic that can be created.
     *
     * @param topic what is to be restored into it
     * @param replicationFactor empty for the target's default
     * @param original configuration that it is to have in the end
     * @param configs configuration that it is created with
     */
    record Draft(
            TopicPlan topic,
            Optional<Short> replicationFactor,
            Map<String, String> original,
            Map<String, String> configs) {}

    /**
     * Finds out, without creating it, how a topic can be created.
     *
     * @throws RefusedException if it may not be created
     * @throws UsageException if the target does not accept what the user said about it
     */
    Draft draft(TopicPlan topic, Optional<TopicMetadata> backedUp) {
        try {
            Optional<Short> replicationFactor = replicationFactor(backedUp);
            Map<String, String> original = CreatedTopicConfigs.original(
                    backedUp.map(TopicMetadata::configs).orElse(Map.of()),
                    replicationFactor.orElse((short) 1),
                    options.topicConfigs());
            Map<String, String> configs = CreatedTopicConfigs.protecting(original, options.topicConfigs());
            validate(topic, replicationFactor, configs);
            CreatedTopicConfigs.wished(original, configs).forEach((name, value) -> {
                if (isAccepted(topic, replicationFactor, Map.of(name, value))) {
                    configs.put(name, value);
                } else if (original.containsKey(name)) {
                    LOG.warn("The target does not accept {}={} for topic {}: left out", name, value, topic.target());
                }
            });
            original.keySet().retainAll(configs.keySet());
            return new Draft(topic, replicationFactor, original, configs);
        } catch (KafkaException e) {
            throw cannotBeCreated(topic, e);
        }
    }

    private Optional<Short> replicationFactor(Optional<TopicMetadata> backedUp) {
        if (options.replicationFactor() != null) {
            return Optional.of(options.replicationFactor());
        }
        int brokers = KafkaConnection.await(admin.describeCluster().nodes()).size();
        return backedUp.map(known -> (short) Math.min(known.replicationFactor(), brokers));
    }

    private void validate(TopicPlan topic, Optional<Short> replicationFactor, Map<String, String> configs) {
        try {
            KafkaConnection.await(admin.createTopics(
                            List.of(newTopic(topic, replicationFactor, configs)),
                            new CreateTopicsOptions().validateOnly(true))
                    .all());
        } catch (AuthorizationException e) {
            throw new RefusedException(
                    "Topic %s is missing and may not be created: grant CREATE on it or on the cluster, or choose an existing target with --topic %s=TARGET"
                            .formatted(topic.target(), topic.topic()),
                    e);
        } catch (InvalidReplicationFactorException e) {
            throw new UsageException(
                    "Topic %s cannot have --replication-factor %s: %s"
                            .formatted(
                                    topic.target(),
                                    replicationFactor.map(Object::toString).orElse("(default)"),
                                    e.getMessage()),
                    e);
        } catch (InvalidConfigurationException e) {
            throw new UsageException(
                    "Topic %s cannot be created: the target refuses its configuration, check --topic-config: %s"
                            .formatted(topic.target(), e.getMessage()),
                    e);
        }
    }

    private boolean isAccepted(TopicPlan topic, Optional<Short> replicationFactor, Map<String, String> config) {
        try {
            KafkaConnection.await(admin.createTopics(
                            List.of(newTopic(topic, replicationFactor, config)),
                            new CreateTopicsOptions().validateOnly(true))
                    .all());
            return true;
        } catch (InvalidConfigurationException e) {
            LOG.debug("Refused for topic {}: {}", topic.target(), config, e);
            return false;
        }
    }

    /**
     * Creates the topic and returns when it can be seen.
     *
     * @return the topic with its authorized operations
     */
    TopicDescription create(Draft draft) throws IOException {
        TopicPlan topic = draft.topic();
        try {
            Uuid id = KafkaConnection.await(
                    admin.createTopics(List.of(newTopic(topic, draft.replicationFactor(), draft.configs())))
                            .topicId(topic.target()));
            TopicDescription created = awaitVisible(
                    topic.target(), described -> described.topicId().equals(id));
            LOG.info(
                    "Created topic {} ({}) with {} partitions and {}",
                    topic.target(),
                    id,
                    topic.partitionCount(),
                    draft.configs());
            return created;
        } catch (KafkaException e) {
            throw cannotBeCreated(topic, e);
        }
    }

    private static FailedException cannotBeCreated(TopicPlan topic, KafkaException e) {
        return new FailedException("Topic %s cannot be created: %s".formatted(topic.target(), e.getMessage()), e);
    }

    private static NewTopic newTopic(TopicPlan topic, Optional<Short> replicationFactor, Map<String, String> configs) {
        return new NewTopic(topic.target(), Optional.of(topic.partitionCount()), replicationFactor)
                .configs(new TreeMap<>(configs));
    }

    /** Adds partitions to a topic and returns when they can be seen. */
    void addPartitions(TopicPlan topic, int total) throws IOException {
        try {
            KafkaConnection.await(admin.createPartitions(Map.of(topic.target(), NewPartitions.increaseTo(total)))
                    .all());
        } catch (KafkaException e) {
            throw new FailedException(
                    "Topic %s cannot be given %d partitions: %s".formatted(topic.target(), total, e.getMessage()), e);
        }
        awaitVisible(topic.target(), described -> described.partitions().size() == total);
        LOG.info("Topic {} has {} partitions now", topic.target(), total);
    }

    /** Brokers learn of a change a moment after it was confirmed. */
    private TopicDescription awaitVisible(String name, Predicate<TopicDescription> wanted) throws IOException {
        long giveUpAt = System.nanoTime() + KafkaConnection.CALL_TIMEOUT.toNanos();
        while (true) {
            if (TopicLookup.describeWithRights(admin, List.of(name)).get(name) instanceof TopicAnswer.Found found
                    && wanted.test(found.description())) {
                return found.description();
            }
            if (System.nanoTime() > giveUpAt) {
                throw new FailedException("Topic %s was created or extended, but no broker shows it after %d s"
                        .formatted(name, KafkaConnection.CALL_TIMEOUT.toSeconds()));
            }
            try {
                Thread.sleep(VISIBILITY_PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while waiting for topic " + name);
            }
        }
    }
}
