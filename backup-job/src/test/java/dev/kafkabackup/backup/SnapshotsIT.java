// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupSnapshot;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.testing.AnswerGate;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaAnswer;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded beside the records: what topics are like and where groups stand. */
@Timeout(120)
class SnapshotsIT {

    private static final String SNAPSHOTS = "kafka-backup-snapshots";
    private static final KafkaProxy PROXY = new KafkaProxy();

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().behind(PROXY);

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @TempDir
    private Path folder;

    private TestBackup backup;

    @BeforeEach
    void backUpIntoTheFolder() {
        backup = new TestBackup(BROKER, folder);
    }

    @Test
    void committedOffsetsAreRecordedAndTheBackupsOwnGroupIsNot() throws Exception {
        Uuid id = BROKER.createTopic("read", 2);
        Produce.to(BROKER, new ProducedLog(), "read", 2, 100);
        commit("readers", "read", 0, 12);
        commit("kafka-backup", "read", 0, 5);
        try (RunningBackup job = backup.start()) {
            awaitOffsets(id, offset("readers", "read", id, 0, 12));
            commit("readers", "read", 0, 20);
            commit("readers", "read", 1, 3);
            commit("others", "read", 0, 1);
            awaitOffsets(
                    id,
                    offset("others", "read", id, 0, 1),
                    offset("readers", "read", id, 0, 20),
                    offset("readers", "read", id, 1, 3));
            job.cancel();
        }
    }

    @Test
    void theOffsetsOfADeletedTopicStayAndThoseOfTheNextIncarnationAreItsOwn() throws Exception {
        Uuid first = BROKER.createTopic("reborn", 1);
        Produce.to(BROKER, new ProducedLog(), "reborn", 1, 100);
        commit("reborn-readers", "reborn", 0, 42);
        try (RunningBackup job = backup.start()) {
            awaitOffsets(first, offset("reborn-readers", "reborn", first, 0, 42));
            BROKER.deleteTopic("reborn");
            Uuid second = BROKER.createTopic("reborn", 1);
            awaitState(new TopicIncarnation("reborn", first), TopicState.DELETED);
            commit("reborn-readers", "reborn", 0, 0);
            awaitOffsets(second, offset("reborn-readers", "reborn", second, 0, 0));
            awaitOffsets(first, offset("reborn-readers", "reborn", first, 0, 42));
            job.cancel();
        }
        // nor does a job that starts without having seen the topic
        backup.runOnce();
        awaitOffsets(first, offset("reborn-readers", "reborn", first, 0, 42));
    }

    /** Nobody knows which incarnation they are of. */
    @Test
    void offsetsThatWereReadWhileTheTopicWasReplacedAreNotRecorded() throws Exception {
        Uuid first = BROKER.createTopic("replaced", 1);
        Produce.to(BROKER, new ProducedLog(), "replaced", 1, 100);
        commit("replaced-readers", "replaced", 0, 42);
        try (RunningBackup job = backup.start()) {
            awaitOffsets(first, offset("replaced-readers", "replaced", first, 0, 42));
            Uuid second;
            try (AnswerGate offsets = PROXY.hold(KafkaAnswer.to(SNAPSHOTS, ApiKeys.OFFSET_FETCH))) {
                offsets.awaitHeld();
                BROKER.deleteTopic("replaced");
                second = BROKER.createTopic("replaced", 1);
            }
            commit("replaced-readers", "replaced", 0, 1);
            awaitOffsets(second, offset("replaced-readers", "replaced", second, 0, 1));
            assertThat(everRecorded("replaced-readers"))
                    .containsExactlyInAnyOrder(
                            offset("replaced-readers", "replaced", first, 0, 42),
                            offset("replaced-readers", "replaced", second, 0, 1));
            job.cancel();
        }
    }

    /** What a transaction is about to replace may be outdated already. */
    @Test
    void offsetsThatATransactionIsAboutToReplaceAreRecordedWhenItIsDecided() throws Exception {
        Uuid id = BROKER.createTopic("transactional", 1);
        Produce.to(BROKER, new ProducedLog(), "transactional", 1, 100);
        commit("in-transaction", "transactional", 0, 10);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", BROKER.bootstrapServers(), "transactional.id", "offsets"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                KafkaConsumer<byte[], byte[]> member = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", BROKER.bootstrapServers(), "group.id", "in-transaction"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                AnswerGate asked = PROXY.watch(KafkaAnswer.to(SNAPSHOTS, ApiKeys.OFFSET_FETCH))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(
                    Map.of(new TopicPartition("transactional", 0), new OffsetAndMetadata(20)), member.groupMetadata());
            try (RunningBackup job = backup.start()) {
                // it asks again and again until it is answered
                asked.awaitPassed(5);
                producer.commitTransaction();
                awaitOffsets(id, offset("in-transaction", "transactional", id, 0, 20));
                assertThat(everRecorded("in-transaction"))
                        .containsExactly(offset("in-transaction", "transactional", id, 0, 20));
                job.cancel();
            }
        }
    }

    @Test
    void offsetsThatAreGivenUpWhileTheTopicIsLiveAreRemoved() throws Exception {
        Uuid id = BROKER.createTopic("given-up", 1);
        Produce.to(BROKER, new ProducedLog(), "given-up", 1, 10);
        commit("leaving", "given-up", 0, 1);
        commit("deleted", "given-up", 0, 2);
        commit("staying", "given-up", 0, 3);
        try (RunningBackup job = backup.start()) {
            awaitOffsets(
                    id,
                    offset("deleted", "given-up", id, 0, 2),
                    offset("leaving", "given-up", id, 0, 1),
                    offset("staying", "given-up", id, 0, 3));
            BROKER.admin()
                    .deleteConsumerGroupOffsets("leaving", Set.of(new TopicPartition("given-up", 0)))
                    .all()
                    .get();
            awaitOffsets(id, offset("deleted", "given-up", id, 0, 2), offset("staying", "given-up", id, 0, 3));
            BROKER.admin().deleteConsumerGroups(List.of("deleted")).all().get();
            awaitOffsets(id, offset("staying", "given-up", id, 0, 3));
            job.cancel();
        }
    }

    @Test
    void topicMetadataHasOneEntryMoreOnEveryChangeAndNoneOtherwise() throws Exception {
        Uuid id = BROKER.createTopic("changing", 1, Map.of("retention.ms", "86400000"));
        TopicIncarnation topic = new TopicIncarnation("changing", id);
        backup.with(BackupOptions.INCLUDE, "changing.*");
        try (RunningBackup job = backup.start()) {
            awaitRoundAfterNow("changing-1");
            assertThat(history(topic)).hasSize(1).first().satisfies(metadata -> {
                assertThat(metadata.partitions()).isEqualTo(1);
                assertThat(metadata.replicationFactor()).isEqualTo(1);
                assertThat(metadata.configs()).isEqualTo(Map.of("retention.ms", "86400000"));
                assertThat(metadata.clusterId()).isEqualTo(BROKER.clusterId());
                assertThat(metadata.state()).isEqualTo(TopicState.LIVE);
            });
            BROKER.admin()
                    .createPartitions(Map.of("changing", NewPartitions.increaseTo(3)))
                    .all()
                    .get();
            await().untilAsserted(() -> assertThat(history(topic))
                    .extracting(TopicMetadata::partitions)
                    .containsExactly(1, 3));
            setConfig("changing", "cleanup.policy", "compact");
            await().untilAsserted(() -> assertThat(history(topic))
                    .extracting(metadata -> metadata.configs().keySet())
                    .last()
                    .isEqualTo(Set.of("cleanup.policy", "retention.ms")));
            awaitRoundAfterNow("changing-2");
            assertThat(history(topic)).hasSize(3);
            job.cancel();
        }

        backup.runOnce();

        assertThat(history(topic)).as("a new job does not repeat what is known").hasSize(3);
    }

    @Test
    void aTopicThatWasDeletedWhileNoJobRanIsNoticed() throws Exception {
        Uuid id = BROKER.createTopic("gone-meanwhile", 1);
        TopicIncarnation topic = new TopicIncarnation("gone-meanwhile", id);
        backup.runOnce();
        BROKER.deleteTopic("gone-meanwhile");

        try (RunningBackup job = backup.start()) {
            awaitState(topic, TopicState.DELETED);
            job.cancel();
        }

        assertThat(history(topic))
                .extracting(TopicMetadata::state)
                .containsExactly(TopicState.LIVE, TopicState.DELETED);
    }

    /** A new topic is seen, and written down after those whose names come before it. */
    private void awaitRoundAfterNow(String canary) {
        TopicIncarnation seen = new TopicIncarnation(canary, BROKER.createTopic(canary, 1));
        awaitState(seen, TopicState.LIVE);
    }

    private List<TopicMetadata> history(TopicIncarnation topic) throws IOException {
        return new TopicMetadataStore(backup.storage()).history(topic);
    }

    private void awaitState(TopicIncarnation topic, TopicState state) {
        await(topic + " " + state)
                .untilAsserted(() -> assertThat(new TopicMetadataStore(backup.storage()).latest(topic))
                        .map(TopicMetadata::state)
                        .contains(state));
    }

    @Test
    void whatAHostWithAClockAheadHasWrittenIsNeitherLostNorInTheWay() throws Exception {
        Uuid id = BROKER.createTopic("clocks", 1);
        Produce.to(BROKER, new ProducedLog(), "clocks", 1, 10);
        GroupOffset ofALostTopic = offset("lost", "lost", Uuid.randomUuid(), 0, 7);
        GroupOffset outdated = offset("readers", "clocks", id, 0, 1);
        new GroupHistory(backup.storage())
                .append(new GroupSnapshot(
                        Instant.now().plus(Duration.ofMinutes(10)), true, List.of(ofALostTopic, outdated), List.of()));
        commit("readers", "clocks", 0, 5);

        backup.runOnce();

        assertThat(new GroupHistory(backup.storage()).asOf(Instant.MAX).all())
                .contains(ofALostTopic, offset("readers", "clocks", id, 0, 5))
                .doesNotContain(outdated);
    }

    private void awaitOffsets(Uuid topicId, GroupOffset... expected) {
        await("offsets of " + topicId)
                .untilAsserted(() -> assertThat(recordedOffsets(topicId)).containsExactly(expected));
    }

    private Collection<GroupOffset> recordedOffsets(Uuid topicId) throws IOException {
        return new GroupHistory(backup.storage())
                .asOf(Instant.now()).all().stream()
                        .filter(offset -> offset.topicId().equals(topicId))
                        .toList();
    }

    /** In any snapshot, whatever became of it. */
    private List<GroupOffset> everRecorded(String group) throws IOException {
        List<GroupOffset> recorded = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.toString().contains("/groups/") && Files.isRegularFile(path))
                    .toList()) {
                GroupSnapshot snapshot = Json.read(file.toString(), Files.readAllBytes(file), GroupSnapshot.class);
                snapshot.offsets().stream()
                        .filter(offset -> offset.group().equals(group))
                        .forEach(recorded::add);
            }
        }
        return recorded;
    }

    private static GroupOffset offset(String group, String topic, Uuid topicId, int partition, long offset) {
        return new GroupOffset(group, topic, topicId, partition, offset);
    }

    private static void commit(String group, String topic, int partition, long offset) throws Exception {
        BROKER.admin()
                .alterConsumerGroupOffsets(
                        group, Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    private static void setConfig(String topic, String name, String value) throws Exception {
        BROKER.admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }
}
