// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.RestoreConfig;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.restore.sink.RestoreTransactions;
import dev.kafkabackup.restore.topicconfig.ConfigDifference;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Each check refuses before anything is changed, and lets the restore run when it is overridden. */
class TargetChecksIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension()
            .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .with("allow.everyone.if.no.acl.found", "true");

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .build());

    private static final TargetCluster TARGET = new TargetCluster(BROKER);
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 10;

    private final long oldest = Instant.now().minus(Duration.ofDays(30)).toEpochMilli();

    @TempDir
    Path folder;

    private TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
    private BackupFixture backup;

    @BeforeEach
    void openBackup() {
        backup = new BackupFixture(folder, BROKER.clusterId());
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    private void backUp(Map<String, String> configs) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<SegmentRecord> records = LongStream.range(0, RECORDS)
                    .mapToObj(offset -> BackupFixture.record(offset, oldest + offset))
                    .toList();
            backup.segment(orders.partition(partition), 0, RECORDS, records);
        }
        backup.metadata(orders, PARTITIONS, configs, Instant.EPOCH);
    }

    @Test
    void aTargetThatHoldsRecords() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("not-empty", PARTITIONS);
        TARGET.produce(new TopicPartition("not-empty", 1));

        assertRefused(
                "not-empty",
                "Topic not-empty is not empty (partition 1 holds offsets 0 to 0): choose another target with --topic orders=TARGET, or --allow not-empty (restored records come behind those that are there)");

        restore("not-empty", allowing(Check.NOT_EMPTY));
        assertThat(TARGET.timestamps(new TopicPartition("not-empty", 0))).hasSize(RECORDS);
        assertThat(TARGET.timestamps(new TopicPartition("not-empty", 1)))
                .hasSize(1 + RECORDS)
                .endsWith(oldest + RECORDS - 1);
    }

    @Test
    void theVeryTopicThatWasBackedUp() throws Exception {
        orders = new TopicIncarnation("still-live", BROKER.createTopic("still-live", PARTITIONS));
        backUp(Map.of());

        assertRefused(
                "still-live",
                "Topic still-live (%s) is the topic that was backed up, and still there: choose another target with --topic still-live=TARGET, or --allow live-source (the restored records are appended to the topic that they come from, and backed up again)"
                        .formatted(orders.id()));

        restore("still-live", allowing(Check.LIVE_SOURCE));
        assertThat(TARGET.timestamps(new TopicPartition("still-live", 0))).hasSize(RECORDS);
    }

    @Test
    void aTargetWithTooFewPartitions() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("too-few", 1);

        assertRefused(
                "too-few",
                "Topic too-few has 1 partitions, but the restore needs 2: choose another target with --topic orders=TARGET, or have them added with --add-partitions");

        restore("too-few", new TargetOptions(Set.of(), true, null, Map.of()));
        assertThat(TARGET.timestamps(new TopicPartition("too-few", 1))).hasSize(RECORDS);
    }

    @Test
    void aRetentionTimeThatIsShorterThanTheRecordsAreOld() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("retention-time", PARTITIONS, Map.of("retention.ms", "86400000"));

        assertRefused(
                "retention-time",
                "Topic retention-time has retention.ms=86400000 (1 days), but the oldest restored record may be of %s and would be deleted at once: set it to -1 for the time of the restore, or --allow retention (older records are deleted)"
                        .formatted(Instant.ofEpochMilli(oldest)));

        // the broker looks for what is too old every five minutes
        restore("retention-time", allowing(Check.RETENTION));
        assertThat(TARGET.timestamps(new TopicPartition("retention-time", 0))).hasSize(RECORDS);
    }

    @Test
    void aRetentionSizeThatIsSmallerThanThePartitions() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("retention-size", PARTITIONS, Map.of("retention.bytes", "1000"));

        assertRefused(
                "retention-size",
                "Topic retention-size has retention.bytes=1000, but partition 0 may need ",
                "--allow retention");

        restore("retention-size", allowing(Check.RETENTION));
        assertThat(TARGET.timestamps(new TopicPartition("retention-size", 0))).hasSize(RECORDS);
    }

    @Test
    void aTargetThatIsCompacted() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("compacted", PARTITIONS, Map.of("cleanup.policy", "compact"));

        assertRefused(
                "compacted",
                "Topic compacted has cleanup.policy=compact, which removes all but the last restored record of a key: ",
                "--allow compaction");

        restore("compacted", allowing(Check.COMPACTION));
        assertThat(TARGET.timestamps(new TopicPartition("compacted", 0))).hasSize(RECORDS);
    }

    @Test
    void aTargetThatAcceptsSmallerRecordsThanTheSource() throws Exception {
        backUp(Map.of("max.message.bytes", "2000000"));
        BROKER.createTopic("small-messages", PARTITIONS, Map.of("max.message.bytes", "1500000"));

        assertRefused(
                "small-messages",
                "Topic small-messages has max.message.bytes=1500000, but the source accepted records of up to 2000000 bytes: raise it, or --allow message-size (a record that is too large ends the restore)");

        restore("small-messages", allowing(Check.MESSAGE_SIZE));
        assertThat(TARGET.timestamps(new TopicPartition("small-messages", 0))).hasSize(RECORDS);
    }

    @Test
    void aTargetThatAcceptsNoTimestampsAsOldAsTheRecords() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("no-old-ones", PARTITIONS, Map.of("message.timestamp.before.max.ms", "3600000"));

        assertRefused(
                "no-old-ones",
                "Topic no-old-ones has message.timestamp.before.max.ms=3600000, so that it accepts no such timestamps: the oldest restored record may be of %s: "
                        .formatted(Instant.ofEpochMilli(oldest)),
                "--allow timestamps (a record with such a timestamp ends the restore)");

        try (Restore restore = open(ProduceSettings.DEFAULT, "no-old-ones")) {
            restore.prepare(plan(restore, "no-old-ones"), allowing(Check.TIMESTAMPS));
        }
    }

    @Test
    void aTargetThatAcceptsNoTimestampsAsFarAheadAsTheRecords() throws Exception {
        long tomorrow = Instant.now().plus(Duration.ofDays(1)).toEpochMilli();
        backup.segment(orders.partition(0), 0, 1, List.of(BackupFixture.record(0, tomorrow)));
        backup.metadata(orders, PARTITIONS, Map.of(), Instant.EPOCH);
        BROKER.createTopic("not-ahead", PARTITIONS, Map.of("message.timestamp.after.max.ms", "3600000"));

        assertRefused(
                "not-ahead",
                "Topic not-ahead has message.timestamp.after.max.ms=3600000, so that it accepts no such timestamps: the newest restored record may be of %s: "
                        .formatted(Instant.ofEpochMilli(tomorrow)),
                "--allow timestamps");

        try (Restore restore = open(ProduceSettings.DEFAULT, "not-ahead")) {
            restore.prepare(plan(restore, "not-ahead"), allowing(Check.TIMESTAMPS));
        }
    }

    @Test
    void aTargetThatReplacesTimestamps() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("append-time", PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));

        assertRefused(
                "append-time",
                "Topic append-time has message.timestamp.type=LogAppendTime, which replaces the timestamps of restored records: set it to CreateTime, or --allow append-time (the original timestamps are lost)");

        restore("append-time", allowing(Check.APPEND_TIME));
        assertThat(TARGET.timestamps(new TopicPartition("append-time", 0)))
                .hasSize(RECORDS)
                .allSatisfy(timestamp -> assertThat(timestamp).isGreaterThan(oldest + RECORDS));
    }

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

    @Test
    void aDryRunShowsEverythingThatSpeaksAgainstItAndARefusalSaysHowMuchMoreThereIs() throws Exception {
        backUp(Map.of());
        BROKER.createTopic(
                "all-wrong",
                PARTITIONS,
                Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime"));

        try (Restore restore = open(ProduceSettings.DEFAULT, "all-wrong")) {
            assertThat(restore.findings(plan(restore, "all-wrong"), TargetOptions.DEFAULT))
                    .extracting(Finding::check)
                    .containsExactlyInAnyOrder(Check.COMPACTION, Check.APPEND_TIME);
            assertThatThrownBy(() -> restore.prepare(plan(restore, "all-wrong")))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageEndingWith("; and 1 more, which --dry-run shows");
            assertThatThrownBy(() -> restore.prepare(plan(restore, "all-wrong"), allowing(Check.APPEND_TIME)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("--allow compaction");
        }
    }

    @Test
    void whereOneTopicIsRefusedNoOtherIsCreated() throws Exception {
        backUp(Map.of());
        TopicIncarnation payments = new TopicIncarnation("payments", Uuid.randomUuid());
        backup.segment(payments.partition(0), 0, 1, List.of(BackupFixture.record(0, oldest)));
        BROKER.createTopic("refused", PARTITIONS, Map.of("cleanup.policy", "compact"));

        try (Restore restore = open(ProduceSettings.DEFAULT, "refused")) {
            RestorePlan plan = restore.plan(List.of(
                    RestoreSelection.of("payments", "never-created"), RestoreSelection.of("orders", "refused")));
            assertThatThrownBy(() -> restore.prepare(plan)).isInstanceOf(RefusedException.class);
        }

        assertThat(BROKER.admin().listTopics().names().get())
                .contains("refused")
                .doesNotContain("never-created");
        assertThat(folder.resolve("restores")).doesNotExist();
    }

    /** Refused, and as it was before. */
    private void assertRefused(String target, String... parts) {
        try (Restore restore = open(ProduceSettings.DEFAULT, target)) {
            RestorePlan plan = plan(restore, target);
            assertThatThrownBy(() -> restore.prepare(plan))
                    .isInstanceOf(RefusedException.class)
                    .message()
                    .startsWith(parts[0])
                    .contains(parts);
        }
        assertThat(folder.resolve("restores")).doesNotExist();
    }

    private static TargetOptions allowing(Check... checks) {
        return TargetOptions.DEFAULT.allowing(checks);
    }

    private void restore(String target, TargetOptions options) throws Exception {
        restore(target, ProduceSettings.DEFAULT, options);
    }

    private void restore(String target, ProduceSettings produce, TargetOptions options) throws Exception {
        try (Restore restore = open(produce, target)) {
            RestorePlan plan = restore.prepare(plan(restore, target), options);
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            restore.build(environment, plan);
            Instant startedAt = Instant.now();
            environment.execute();
            assertThat(restore.finish(plan, startedAt).records()).isEqualTo((long) PARTITIONS * RECORDS);
        }
    }

    private Restore open(ProduceSettings produce, String restoreId) {
        return Restore.open(new RestoreConfig(
                backup.location(),
                new KafkaConnection(BROKER.bootstrapServers(), Map.of()),
                restoreId,
                1,
                Duration.ofMillis(100),
                produce));
    }

    private RestorePlan plan(Restore restore, String target) {
        return restore.plan(List.of(RestoreSelection.of(orders.name(), target)));
    }
}
