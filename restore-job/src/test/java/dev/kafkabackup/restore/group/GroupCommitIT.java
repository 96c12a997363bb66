// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.restore.group.GroupCommit.Refusal;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.testing.BrokerExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** For whom translated offsets are committed, and for whom they must not be. */
class GroupCommitIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Uuid SOURCE = Uuid.randomUuid();

    @Test
    void anActiveGroupIsRefusedAndTheOthersAreNot() throws Exception {
        TopicPartition busy = new TopicPartition("busy", 0);
        RestorePlan plan = plan(target(busy, BROKER.createTopic("busy", 1), 0));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "group.id", "active"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("busy"));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(100));
            }

            assertThat(commit(plan, translated("active", busy, 7), translated("idle", busy, 7)))
                    .isEqualTo(Map.of(
                            "active",
                            new Refusal(
                                    "it has 1 active members: stop its consumers and try again", Set.of(busy), true)));
        }
        assertThat(committed("idle")).isEqualTo(Map.of(busy, 7L));
    }

    @Test
    void nothingIsCommittedForATopicThatWasCreatedAgainAndAllElseIs() throws Exception {
        TopicPartition replaced = new TopicPartition("replaced", 0);
        TopicPartition gone = new TopicPartition("gone", 0);
        TopicPartition kept = new TopicPartition("kept", 0);
        RestorePlan plan = plan(
                target(replaced, BROKER.createTopic("replaced", 1), 0),
                target(gone, BROKER.createTopic("gone", 1), 0),
                target(kept, BROKER.createTopic("kept", 1), 0));
        BROKER.deleteTopic("gone");
        BROKER.deleteTopic("replaced");
        Uuid now = BROKER.createTopic("replaced", 1);

        assertThat(commit(
                        plan,
                        translated("both", replaced, 7),
                        translated("both", kept, 8),
                        translated("lost", gone, 9),
                        translated("kept", kept, 9)))
                .isEqualTo(Map.of(
                        "both",
                        new Refusal(
                                "topic replaced, into which restore-1 had restored, was deleted and created again since (now it is %s): translate with the id of the restore that filled the present one"
                                        .formatted(now),
                                Set.of(replaced),
                                false),
                        "lost",
                        new Refusal(
                                "topic gone, into which restore-1 had restored, was deleted since: translate with the id of the restore that filled the present one",
                                Set.of(gone),
                                true)));
        assertThat(committed("both")).isEqualTo(Map.of(kept, 8L));
        assertThat(committed("kept")).isEqualTo(Map.of(kept, 9L));
    }

    @Test
    void aGroupIsNotPutBehindRecordsThatWereThereBeforeAndThatItHasNotRead() throws Exception {
        TopicPartition partition = new TopicPartition("used", 0);
        RestorePlan plan = plan(target(partition, BROKER.createTopic("used", 1), 10));
        produce(partition, 10);
        putAt(partition, Map.of("behind", 6L, "done", 10L));

        assertThat(commit(
                        plan,
                        translated("behind", partition, 15),
                        translated("done", partition, 15),
                        translated("new", partition, 15)))
                .isEqualTo(Map.of(
                        "behind", unread(partition, "offsets 6 to 9"), "new", unread(partition, "offsets 0 to 9")));
        assertThat(committed("behind")).isEqualTo(Map.of(partition, 6L));
        assertThat(committed("done")).isEqualTo(Map.of(partition, 15L));
        assertThat(committed("new")).isEmpty();

        // when they are gone, there is nothing left to read
        BROKER.admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(10)))
                .all()
                .get();
        assertThat(commit(plan, translated("behind", partition, 15), translated("new", partition, 10)))
                .isEmpty();
        assertThat(committed("behind")).isEqualTo(Map.of(partition, 15L));
        assertThat(committed("new")).isEqualTo(Map.of(partition, 10L));
    }

    @Test
    void theMarkerOfATransactionIsNothingThatAGroupWouldHaveToRead() throws Exception {
        TopicPartition partition = new TopicPartition("marked", 0);
        RestorePlan plan = plan(target(partition, BROKER.createTopic("marked", 1), 6));
        produceInTransaction(partition, 5);
        putAt(partition, Map.of("one before the marker", 5L, "two before it", 4L));

        assertThat(commit(
                        plan,
                        translated("one before the marker", partition, 8),
                        translated("two before it", partition, 8)))
                .containsOnlyKeys("two before it");
        assertThat(committed("one before the marker")).isEqualTo(Map.of(partition, 8L));
        assertThat(committed("two before it")).isEqualTo(Map.of(partition, 4L));
    }

    private static Refusal unread(TopicPartition partition, String offsets) {
        return new Refusal(
                "it has not read %s in partition 0 of used, which were there before the restored ones and which it would never read: let its consumers read them first, translate with the id of the restore that brought them, or, if it need not read them, put it behind them with kafka-consumer-groups.sh --reset-offsets"
                        .formatted(offsets),
                Set.of(partition),
                true);
    }

    @Test
    void whatKafkaRefusesForOnePartitionIsNotSaidOfTheOthers() throws Exception {
        TopicPartition there = new TopicPartition("partly", 0);
        TopicPartition missing = new TopicPartition("partly", 5);
        RestorePlan plan = plan(target(there, BROKER.createTopic("partly", 1), 0));

        assertThat(commit(plan, translated("readers", there, 3), translated("readers", missing, 4)))
                .hasEntrySatisfying("readers", refusal -> {
                    assertThat(refusal.reason()).startsWith("Kafka refused: ");
                    assertThat(refusal.partitions()).containsExactly(missing);
                    assertThat(refusal.whole()).isFalse();
                });
        assertThat(committed("readers")).isEqualTo(Map.of(there, 3L));
    }

    private static Map<String, Refusal> commit(RestorePlan plan, TranslatedOffset... offsets) {
        return new GroupCommit(new KafkaConnection(BROKER.bootstrapServers(), Map.of()), BROKER.admin(), plan)
                .commit(List.of(offsets));
    }

    private static RestorePlan plan(TopicPlan... topics) {
        return new RestorePlan("restore-1", Instant.EPOCH, "a", "b", OnCorrupt.STOP, List.of(topics));
    }

    private static TopicPlan target(TopicPartition partition, Uuid id, long startOffset) {
        return new TopicPlan(
                partition.topic(),
                List.of(SOURCE),
                partition.topic(),
                id,
                1,
                RecordSelection.ALL,
                List.of(new PartitionPlan(partition.partition(), startOffset, List.of())),
                List.of());
    }

    private static TranslatedOffset translated(String group, TopicPartition target, long offset) {
        return new TranslatedOffset(
                new CommittedOffset(
                        new GroupOffset(group, target.topic(), SOURCE, target.partition(), 3),
                        CommittedOffset.Basis.NEWEST,
                        Instant.EPOCH,
                        3),
                Optional.of(new OffsetMap.Translation(target, offset)),
                0,
                0);
    }

    private static void produce(TopicPartition partition, int records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int record = 0; record < records; record++) {
                producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[] {1}))
                        .get();
            }
        }
    }

    private static void produceInTransaction(TopicPartition partition, int records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "transactional.id", partition.topic()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int record = 0; record < records; record++) {
                producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[] {1}))
                        .get();
            }
            producer.commitTransaction();
        }
    }

    private static void putAt(TopicPartition partition, Map<String, Long> offsets) throws Exception {
        for (Map.Entry<String, Long> group : offsets.entrySet()) {
            BROKER.admin()
                    .alterConsumerGroupOffsets(
                            group.getKey(), Map.of(partition, new OffsetAndMetadata(group.getValue())))
                    .all()
                    .get();
        }
    }

    private static Map<TopicPartition, Long> committed(String group) throws Exception {
        return BROKER.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .flatMap(entry ->
                        Stream.ofNullable(entry.getValue()).map(offset -> Map.entry(entry.getKey(), offset.offset())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
