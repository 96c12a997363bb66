// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.restore.sink.RestoreTransactions;
import dev.kafkabackup.restore.topicconfig.ConfigDifference;
import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/** Missing rights are found before the first record, and a restore to which they are no reason goes on. */
class TargetRightsIT extends RestoredIntoTargets {

    @Test
    void aTopicThatMayNotBeWrittenTo() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("no-write", PARTITIONS);
        TARGET.deny(ResourceType.TOPIC, "no-write", AclOperation.WRITE);

        assertRefused(
                "no-write",
                "Topic no-write may not be written to: grant WRITE on it, or --allow rights (the restore begins and fails where a right is really missing)");

        try (Restore restore = open(ProduceSettings.DEFAULT, "no-write")) {
            restore.prepare(plan(restore, "no-write"), allowing(Check.RIGHTS));
        }
    }

    @Test
    void aTopicThatIsMissingAndMayNotBeWrittenToWhenItIsThere() throws Exception {
        backUp(Map.of("cleanup.policy", "compact"));
        TopicIncarnation payments = new TopicIncarnation("payments", Uuid.randomUuid());
        backup.segment(payments.partition(0), 0, 1, List.of(BackupFixture.record(0, oldest)));
        backup.metadata(payments, 1, Map.of(), Instant.EPOCH);
        TARGET.deny(ResourceType.TOPIC, "missing-no-write", AclOperation.WRITE);
        try (Restore restore = open(ProduceSettings.DEFAULT, "missing-no-write")) {
            RestorePlan plan = restore.plan(List.of(
                    RestoreSelection.of(orders.name(), "missing-no-write"),
                    RestoreSelection.of(payments.name(), "never-reached")));
            assertThatThrownBy(() -> restore.prepare(plan))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage(
                            "Topic missing-no-write was missing, and may not be written to now that it is created; nothing was restored into it: grant WRITE on it and start again with --restore-id missing-no-write, which knows it as created by this restore, or --allow rights (the restore begins and fails where a right is really missing)");
        }
        assertThat(BROKER.admin().listTopics().names().get()).doesNotContain("never-reached");

        TARGET.allowAgain(ResourceType.TOPIC, "missing-no-write", AclOperation.WRITE);
        restore("missing-no-write", TargetOptions.DEFAULT);
        assertThat(TARGET.timestamps(new TopicPartition("missing-no-write", 0))).hasSize(RECORDS);
        try (Restore restore = open(ProduceSettings.DEFAULT, "missing-no-write")) {
            assertThat(restore.finalizeTargets(true))
                    .as("known as created by this restore")
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.changes())
                            .extracting(ConfigDifference::name)
                            .contains("cleanup.policy"));
        }
    }

    @Test
    void aCreatedTopicThatMayNotBeWrittenToIsNoReasonWhereThatIsAllowed() throws Exception {
        backUp(Map.of());
        TARGET.deny(ResourceType.TOPIC, "missing-allowed", AclOperation.WRITE);

        try (Restore restore = open(ProduceSettings.DEFAULT, "missing-allowed")) {
            assertThat(restore.prepare(plan(restore, "missing-allowed"), allowing(Check.RIGHTS))
                            .topics())
                    .hasSize(1);
        }
    }

    @Test
    void aConfigurationThatMayNotBeRead() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("no-configs", PARTITIONS);
        TARGET.deny(ResourceType.TOPIC, "no-configs", AclOperation.DESCRIBE_CONFIGS);

        assertRefused(
                "no-configs",
                "The configuration of topic no-configs may not be read, so that nobody knows whether it keeps restored records: grant DESCRIBE_CONFIGS on it, or --allow rights");

        restore("no-configs", allowing(Check.RIGHTS));
        assertThat(TARGET.timestamps(new TopicPartition("no-configs", 0))).hasSize(RECORDS);
    }

    @Test
    void transactionsThatMayNotBeUsed() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("no-transactions", PARTITIONS);
        String prefix = RestoreTransactions.prefix("no-transactions");
        TARGET.denyTransactions(prefix);

        assertRefused(
                "no-transactions",
                "Transactional ids that begin with " + prefix + " may not be used (",
                "grant WRITE and DESCRIBE on them, take --delivery at-least-once, or --allow rights");

        restore("no-transactions", new ProduceSettings(Delivery.AT_LEAST_ONCE, null), TargetOptions.DEFAULT);
        assertThat(TARGET.timestamps(new TopicPartition("no-transactions", 0))).hasSize(RECORDS);
        try (Restore restore = open(ProduceSettings.DEFAULT, "no-transactions-again")) {
            assertThat(restore.findings(plan(restore, "no-transactions"), allowing(Check.RIGHTS)))
                    .as("what is allowed is shown still")
                    .extracting(Finding::check)
                    .contains(Check.RIGHTS);
        }
    }

    @Test
    void transactionsThatAreLongerThanTheBrokersAllow() throws Exception {
        backUp(Map.of());
        Map<String, String> anHour = Map.of("transaction.timeout.ms", "3600000");
        String wayOut =
                ": set transaction.timeout.ms in --command-config to no more than that, raise it at the brokers, or take --delivery at-least-once";

        assertThatThrownBy(() -> findings(ProduceSettings.DEFAULT, anHour))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "Transactions of 3600000 ms (transaction.timeout.ms) are longer than the target allows, transaction.max.timeout.ms=900000 at broker 1 (%s)%s"
                                .formatted(BROKER.bootstrapServers(), wayOut));
        TARGET.deny(ResourceType.CLUSTER, Resource.CLUSTER_NAME, AclOperation.DESCRIBE_CONFIGS);
        try {
            assertThatThrownBy(() -> findings(ProduceSettings.DEFAULT, anHour))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage(
                            "Transactions of 3600000 ms (transaction.timeout.ms) are longer than the target allows, its brokers' transaction.max.timeout.ms, which may not be read"
                                    + wayOut);
            assertThat(findings(ProduceSettings.DEFAULT, Map.of("transaction.timeout.ms", "900000")))
                    .as("exactly what the brokers allow, although they may not be asked")
                    .isEmpty();
        } finally {
            TARGET.allowAgain(ResourceType.CLUSTER, Resource.CLUSTER_NAME, AclOperation.DESCRIBE_CONFIGS);
        }
        assertThat(findings(new ProduceSettings(Delivery.AT_LEAST_ONCE, null), anHour))
                .isEmpty();
    }

    @Test
    void aRestoreThatGoesOnWithTransactionsThatAreLongerThanTheBrokersAllow() throws Exception {
        backUp(Map.of());
        try (Restore restore = open(ProduceSettings.DEFAULT, "longer-now")) {
            restore.prepare(plan(restore, "longer-now"));
        }

        try (Restore restore =
                open(ProduceSettings.DEFAULT, "longer-now", Map.of("transaction.timeout.ms", "900001"))) {
            RestorePlan plan = restore.begun().orElseThrow();
            assertThatThrownBy(() -> restore.resume(plan))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith("Transactions of 900001 ms (transaction.timeout.ms) are longer than");
        }
    }

    private List<Finding> findings(ProduceSettings produce, Map<String, String> client) {
        try (Restore restore = open(produce, "long-transactions", client)) {
            return restore.findings(plan(restore, "long-transactions"), TargetOptions.DEFAULT);
        }
    }

    @Test
    void aMissingTopicThatMayNotBeCreatedOrLookedAt() throws Exception {
        backUp(Map.of());
        // either right is enough to create a topic
        TARGET.deny(ResourceType.CLUSTER, Resource.CLUSTER_NAME, AclOperation.CREATE);
        TARGET.deny(ResourceType.TOPIC, "no-create", AclOperation.CREATE);
        TARGET.deny(ResourceType.TOPIC, "no-describe", AclOperation.DESCRIBE);

        assertRefused(
                "no-create",
                "Topic no-create is missing and may not be created: grant CREATE on it or on the cluster, or choose an existing target with --topic orders=TARGET");
        assertRefused(
                "no-describe",
                "Topic no-describe of the target may not be looked at: grant DESCRIBE and WRITE on it, or choose another target with --topic orders=TARGET");
    }
}
