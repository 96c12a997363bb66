// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestorePlanner;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TargetTopicsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = RestoredIntoTargets.BROKER;

    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    @TempDir
    Path folder;

    private BackupFixture backup;

    @BeforeEach
    void openBackup() throws IOException {
        backup = new BackupFixture(folder);
        backup.segment(ORDERS.partition(1), 0, 1, List.of(BackupFixture.record(0, 0)));
        backup.metadata(
                ORDERS,
                3,
                Map.of(
                        "cleanup.policy",
                        "compact",
                        "retention.ms",
                        "1000",
                        "message.timestamp.type",
                        "LogAppendTime",
                        "min.insync.replicas",
                        "2",
                        "segment.ms",
                        "123456",
                        "unknown.to.this.broker",
                        "x"),
                Instant.EPOCH);
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    private RestorePlan prepare(String target, String sourceClusterId) throws IOException {
        return prepare(target, sourceClusterId, TargetOptions.DEFAULT);
    }

    private RestorePlan prepare(String target, String sourceClusterId, TargetOptions options) throws IOException {
        RestorePlan plan = new RestorePlan(
                "20260102-030405-abcd",
                Instant.EPOCH,
                sourceClusterId,
                BROKER.clusterId(),
                OnCorrupt.STOP,
                new RestorePlanner(backup.storage()).plan(List.of(RestoreSelection.of("orders", target))));
        return new TargetTopics(BROKER.admin(), backup.storage(), Clock.systemUTC(), options, Optional.empty())
                .prepare(plan);
    }

    @Test
    void aMissingTopicIsCreatedSoThatItLeavesRestoredRecordsAlone() throws Exception {
        prepare("created", BackupFixture.CLUSTER_ID);

        assertThat(BROKER.admin()
                        .describeTopics(List.of("created"))
                        .allTopicNames()
                        .get()
                        .get("created")
                        .partitions())
                .hasSize(3)
                .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(1));
        assertThat(configs("created"))
                .containsEntry("message.timestamp.type", "CreateTime")
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", "-1")
                .containsEntry("retention.bytes", "-1")
                .containsEntry("max.message.bytes", "134217728")
                .containsEntry("min.insync.replicas", "1")
                .containsEntry("message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE))
                .containsEntry("message.timestamp.before.max.ms", Long.toString(Long.MAX_VALUE))
                .containsEntry("segment.ms", "123456");
    }

    private static Map<String, String> configs(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Collection<ConfigEntry> entries = BROKER.admin()
                .describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .entries();
        return entries.stream().collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }

    @Test
    void onTheClusterOfTheBackupTheOriginIsWrittenDown() throws Exception {
        prepare("same-cluster", BROKER.clusterId());
        prepare("other-cluster", BackupFixture.CLUSTER_ID);

        TopicMetadataStore metadata = new TopicMetadataStore(backup.storage());
        assertThat(metadata.latest(new TopicIncarnation("same-cluster", BROKER.topicId("same-cluster"))))
                .hasValueSatisfying(restored -> {
                    assertThat(restored.restoredFrom()).isEqualTo(ORDERS.id());
                    assertThat(restored.partitions()).isEqualTo(3);
                });
        assertThat(metadata.latest(new TopicIncarnation("other-cluster", BROKER.topicId("other-cluster"))))
                .isEmpty();
    }

    @Test
    void ofSeveralOriginsEachIsWrittenDown() throws Exception {
        TopicIncarnation newer = new TopicIncarnation("orders", Uuid.fromString("AAAAAAAAQACAAAAAAAAAAg"));
        backup.segment(newer.partition(0), 0, 1, List.of(BackupFixture.record(0, 0)));
        backup.metadata(newer, 3, Map.of(), Instant.parse("2026-01-01T00:00:00Z"));
        RestoreSelection all =
                new RestoreSelection("orders", "from-all", IncarnationChoice.ALL, Set.of(), RecordSelection.ALL);
        RestorePlan plan = new RestorePlan(
                "20260102-030405-abcd",
                Instant.EPOCH,
                BROKER.clusterId(),
                BROKER.clusterId(),
                OnCorrupt.STOP,
                new RestorePlanner(backup.storage()).plan(List.of(all)));

        new TargetTopics(BROKER.admin(), backup.storage(), Clock.systemUTC(), TargetOptions.DEFAULT, Optional.empty())
                .prepare(plan);

        assertThat(new TopicMetadataStore(backup.storage())
                        .history(new TopicIncarnation("from-all", BROKER.topicId("from-all"))))
                .extracting(TopicMetadata::restoredFrom)
                .containsExactly(ORDERS.id(), newer.id());
    }

    @Test
    void whatTheUserSaysAboutACreatedTopicWins() throws Exception {
        prepare(
                "as-told",
                BackupFixture.CLUSTER_ID,
                new TargetOptions(
                        Set.of(), false, (short) 1, Map.of("segment.ms", "7777777", "compression.type", "zstd")));

        assertThat(configs("as-told"))
                .containsEntry("segment.ms", "7777777")
                .containsEntry("compression.type", "zstd")
                .containsEntry("retention.ms", "-1");
    }

    @Test
    void aConfigurationThatWouldDeleteRestoredRecordsIsRefusedAlsoIfTheUserSaysIt() {
        TargetOptions options = new TargetOptions(Set.of(), false, null, Map.of("retention.ms", "60000"));

        assertThatThrownBy(() -> prepare("short-lived", BackupFixture.CLUSTER_ID, options))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("Topic short-lived has retention.ms=60000 (1 minutes)");
    }

    @Test
    void whatNoBrokerAcceptsIsWrongUsage() {
        assertThatThrownBy(() -> prepare(
                        "no-such-config",
                        BackupFixture.CLUSTER_ID,
                        new TargetOptions(Set.of(), false, null, Map.of("retention.ns", "1"))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("check --topic-config");
        assertThatThrownBy(() -> prepare(
                        "too-many-replicas",
                        BackupFixture.CLUSTER_ID,
                        new TargetOptions(Set.of(), false, (short) 3, Map.of())))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("Topic too-many-replicas cannot have --replication-factor 3: ");
    }

    @Test
    void anEmptiedTopicIsTakenAndItsEndIsThePlansStartOffset() throws Exception {
        BROKER.createTopic("emptied", 3);
        TopicPartition partition = new TopicPartition("emptied", 1);
        RestoredIntoTargets.TARGET.produce(partition);
        BROKER.admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1)))
                .all()
                .get();

        RestorePlan prepared = prepare("emptied", BackupFixture.CLUSTER_ID);

        assertThat(prepared.topics().get(0).partitions())
                .extracting(planned -> planned.targetStartOffset())
                .containsExactly(0L, 1L, 0L);
    }
}
