// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.kafka.TopicLookup;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the topics that a restore has created the configuration that was backed up. From then on the broker treats the
 * restored records as it treats all others: it deletes those that are too old, and compacts.
 */
public final class Finalization {

    private static final Logger LOG = LoggerFactory.getLogger(Finalization.class);

    private final Admin admin;
    private final Clock clock;

    /** @param admin for the target cluster; not closed here */
    public Finalization(Admin admin, Clock clock) {
        this.admin = admin;
        this.clock = clock;
    }

    /**
     * Finds out what would be changed, and what the broker would delete then; changes nothing.
     *
     * @throws RefusedException if the configuration may not be read
     * @throws FailedException if Kafka does not answer
     */
    public List<FinalizedTopic> plan(List<TargetConfig> targets) {
        Map<String, TopicAnswer> answers = TopicLookup.describe(
                admin, targets.stream().map(TargetConfig::topic).toList());
        List<FinalizedTopic> topics = new ArrayList<>();
        for (TargetConfig target : targets) {
            topics.add(plan(target, answers.get(target.topic())));
        }
        return topics;
    }

    private FinalizedTopic plan(TargetConfig target, @Nullable TopicAnswer answer) {
        if (!target.created()) {
            return FinalizedTopic.leftAlone(
                    target, "it was there before the restore, which changes no configuration of such a topic");
        }
        if (!target.originalKnown()) {
            return FinalizedTopic.leftAlone(
                    target,
                    "the backup does not know its original configuration (the right DESCRIBE_CONFIGS was missing)");
        }
        if (answer instanceof TopicAnswer.Failed failed) {
            throw new FailedException(
                    "Topic %s of the target cannot be looked at: %s"
                            .formatted(target.topic(), failed.cause().getMessage()),
                    failed.cause());
        }
        if (!(answer instanceof TopicAnswer.Found found)) {
            return FinalizedTopic.leftAlone(target, "it does not exist any more");
        }
        if (!found.description().topicId().equals(target.topicId())) {
            return FinalizedTopic.leftAlone(
                    target,
                    "it is another topic now (%s, the restore had created %s)"
                            .formatted(found.description().topicId(), target.topicId()));
        }
        try {
            LiveConfigs live = LiveConfigs.of(admin, target.topic());
            List<ConfigDifference> changes = live.differencesFrom(target.original()).stream()
                    // what somebody else has set since then is not ours to take away
                    .filter(difference -> difference.original() != null
                            || target.whileFilled().containsKey(difference.name()))
                    .toList();
            List<String> deletions = changes.isEmpty()
                    ? List.of()
                    : new Deletions(admin, clock.instant()).under(live.with(target.original()), found.description());
            return new FinalizedTopic(target.topic(), changes, deletions, null, false);
        } catch (AuthorizationException e) {
            throw new RefusedException(
                    "The configuration of topic %s may not be read: grant DESCRIBE and DESCRIBE_CONFIGS on it"
                            .formatted(target.topic()),
                    e);
        } catch (KafkaException e) {
            throw new FailedException("Topic %s cannot be looked at: %s".formatted(target.topic(), e.getMessage()), e);
        }
    }

    /**
     * Changes what was planned.
     *
     * @throws RefusedException if the configuration of one of the topics may not be changed; those before it are
     *     changed
     * @throws FailedException if Kafka does not answer
     */
    public void apply(List<FinalizedTopic> topics) {
        for (FinalizedTopic topic : topics) {
            if (!topic.changes().isEmpty()) {
                apply(topic);
            }
        }
    }

    private void apply(FinalizedTopic topic) {
        Collection<AlterConfigOp> operations =
                topic.changes().stream().map(Finalization::operation).toList();
        try {
            KafkaConnection.await(admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic.topic()), operations))
                    .all());
            LOG.info("Finalized topic {}: {}", topic.topic(), operations);
        } catch (AuthorizationException e) {
            throw new RefusedException(
                    "The configuration of topic %s may not be changed: grant ALTER_CONFIGS on it"
                            .formatted(topic.topic()),
                    e);
        } catch (KafkaException e) {
            throw new FailedException(
                    "The configuration of topic %s cannot be changed: %s".formatted(topic.topic(), e.getMessage()), e);
        }
    }

    private static AlterConfigOp operation(ConfigDifference difference) {
        return new AlterConfigOp(
                new ConfigEntry(difference.name(), difference.original()),
                difference.original() == null ? AlterConfigOp.OpType.DELETE : AlterConfigOp.OpType.SET);
    }
}
