// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.kafka.KafkaConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;

/** Asks the brokers what a restore may do, before it does it. */
final class TargetRights {

    private static final String CONSEQUENCE = "the restore begins and fails where a right is really missing";

    private final Admin admin;

    TargetRights(Admin admin) {
        this.admin = admin;
    }

    /** Rights that are missing to produce into topics. */
    List<Finding> toProduce(List<String> topics) {
        List<Finding> findings = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> answers = admin.describeTopics(
                        topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        answers.forEach((topic, answer) -> {
            if (mayNotBeWritten(KafkaConnection.await(answer))) {
                findings.add(missing("Topic " + topic + " may not be written to", "grant WRITE on it"));
            }
        });
        return findings;
    }

    /**
     * The right that is missing to produce into a topic that the restore has just created: before there is a topic,
     * brokers do not say who may write to it. It stays, because somebody may have been waiting for it.
     *
     * @param created with its authorized operations
     */
    static Optional<Finding> toProduceIntoCreated(TopicDescription created, String restoreId) {
        return mayNotBeWritten(created)
                ? Optional.of(missing(
                        "Topic %s was missing, and may not be written to now that it is created; nothing was restored into it"
                                .formatted(created.name()),
                        "grant WRITE on it and start again with --restore-id %s, which knows it as created by this restore"
                                .formatted(restoreId)))
                : Optional.empty();
    }

    private static boolean mayNotBeWritten(TopicDescription topic) {
        Set<AclOperation> allowed = topic.authorizedOperations();
        // empty or null: the broker does not tell
        return allowed != null && !allowed.isEmpty() && !allowed.contains(AclOperation.WRITE);
    }

    static Finding missing(String what, String wayOut) {
        return new Finding(Check.RIGHTS, what, wayOut, CONSEQUENCE);
    }
}
