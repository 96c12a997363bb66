// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupSnapshot;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.RestoreConfig;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A consumer group that loses its topic, and really goes on after the restore. */
class ContinuedGroupIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .build());

    private static final int PARTITIONS = 2;
    private static final int RECORDS = 1_000;
    private static final String GROUP = "billing";

    @TempDir
    Path folder;

    private final Map<TopicPartition, List<ConsumerRecord<String, String>>> produced = new HashMap<>();
    private BackupFixture backup;

    @BeforeEach
    void openBackup() {
        backup = new BackupFixture(folder, BROKER.clusterId());
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    @Test
    void noRecordIsMissedAndOnlyThoseAfterTheLastSnapshotAreSeenTwice() throws Exception {
        TopicIncarnation topic = produce("orders");
        Set<String> beforeTheSnapshot = new HashSet<>();
        Set<String> afterTheSnapshot = new HashSet<>();
        try (KafkaConsumer<String, String> consumer = consumer()) {
            consumer.subscribe(List.of("orders"));
            readAndCommit(consumer, 600, beforeTheSnapshot);
            snapshot(topic, Instant.now());
            readAndCommit(consumer, 300, afterTheSnapshot);
        }
        backUpAndDelete(topic);

        // the wrong data is left out: a part of what the group had read, and of what it had not
        RecordSelection selection = new RecordSelection(
                TimeRange.UNBOUNDED,
                List.of(),
                Map.of(),
                Map.of(0, List.of(new OffsetRange(100, 200), new OffsetRange(800, 900))),
                List.of(),
                null);
        RestorePlan plan = restore("orders", selection);
        List<TranslatedOffset> translated = translate(plan);
        assertThat(new GroupCommit(new KafkaConnection(BROKER.bootstrapServers(), Map.of()), BROKER.admin(), plan)
                        .commit(translated))
                .isEmpty();

        Map<TopicPartition, OffsetAndMetadata> committed = BROKER.admin()
                .listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        assertThat(committed).hasSize(PARTITIONS);
        assertThat(committed.values())
                .allSatisfy(offset -> assertThat(offset.leaderEpoch()).isEmpty());

        Map<Integer, Set<String>> seenAgain = new TreeMap<>();
        Set<String> seen = new HashSet<>(beforeTheSnapshot);
        seen.addAll(afterTheSnapshot);
        Set<String> missing = restored(selection);
        missing.removeAll(seen);
        for (ConsumerRecord<String, String> record : readOn("orders")) {
            missing.remove(record.key());
            if (seen.contains(record.key())) {
                seenAgain
                        .computeIfAbsent(record.partition(), any -> new HashSet<>())
                        .add(record.key());
            }
            assertThat(beforeTheSnapshot).as("read before the snapshot").doesNotContain(record.key());
        }
        assertThat(missing).as("records that nobody has ever seen").isEmpty();
        assertThat(seenAgain).as("the group had read on").isNotEmpty();
        for (TranslatedOffset offset : translated) {
            assertThat(seenAgain.getOrDefault(offset.committed().offset().partition(), Set.of()))
                    .as(
                            "seen twice in partition %s",
                            offset.committed().offset().partition())
                    .hasSizeLessThanOrEqualTo((int) offset.seenTwiceAtMost());
        }
    }

    @Test
    void asOfAnEarlierMomentTheTableSaysHowMuchIsCertainlySeenTwice() throws Exception {
        TopicIncarnation topic = produce("payments");
        Instant early = Instant.now();
        try (KafkaConsumer<String, String> consumer = consumer()) {
            consumer.subscribe(List.of("payments"));
            readAndCommit(consumer, 600, new HashSet<>());
            snapshot(topic, early);
            readAndCommit(consumer, 300, new HashSet<>());
            snapshot(topic, early.plusSeconds(1));
        }
        backUpAndDelete(topic);
        RestorePlan plan = restore("payments", RecordSelection.ALL);

        List<TranslatedOffset> translated =
                new GroupTranslation(plan, map(plan)).translate(new CommittedOffsets(backup.storage()).of(plan, early));

        assertThat(translated.stream()
                        .mapToLong(TranslatedOffset::seenTwiceAtLeast)
                        .sum())
                .isEqualTo(300);
        assertThat(translated.stream().mapToLong(TranslatedOffset::recordsToGo).sum())
                .isEqualTo((long) PARTITIONS * RECORDS - 600);
    }

    /** In transactions, some of them aborted, so that target offsets differ from source offsets. */
    private TopicIncarnation produce(String name) throws Exception {
        TopicIncarnation topic = new TopicIncarnation(name, BROKER.createTopic(name, PARTITIONS));
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "transactional.id", "producer-" + name),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            int inTransaction = 50;
            for (int first = 0; first < RECORDS; first += inTransaction) {
                producer.beginTransaction();
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    Future<?> unused = producer.send(new ProducerRecord<>(name, partition, "aborted", ""));
                }
                producer.abortTransaction();
                producer.beginTransaction();
                for (int record = first; record < first + inTransaction; record++) {
                    for (int partition = 0; partition < PARTITIONS; partition++) {
                        Future<?> unused =
                                producer.send(new ProducerRecord<>(name, partition, partition + "-" + record, "value"));
                    }
                }
                producer.commitTransaction();
            }
        }
        return topic;
    }

    private void readAndCommit(KafkaConsumer<String, String> consumer, int count, Set<String> keys) {
        int read = 0;
        while (read < count) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                keys.add(record.key());
                read++;
            }
        }
        assertThat(read).as("polls are of 100 records").isEqualTo(count);
        consumer.commitSync();
    }

    private static KafkaConsumer<String, String> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        BROKER.bootstrapServers(),
                        "group.id",
                        GROUP,
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "earliest",
                        "max.poll.records",
                        "100"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    /** What the backup would write down. */
    private void snapshot(TopicIncarnation topic, Instant at) throws Exception {
        List<GroupOffset> offsets = new ArrayList<>();
        BROKER.admin()
                .listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> {
                    if (partition.topic().equals(topic.name())) {
                        offsets.add(new GroupOffset(
                                GROUP, topic.name(), topic.id(), partition.partition(), offset.offset()));
                    }
                });
        new GroupHistory(backup.storage()).append(new GroupSnapshot(at, true, offsets, List.of()));
    }

    private void backUpAndDelete(TopicIncarnation topic) throws Exception {
        for (int number = 0; number < PARTITIONS; number++) {
            TopicPartition partition = new TopicPartition(topic.name(), number);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            try (KafkaConsumer<String, String> reader = consumer()) {
                reader.assign(List.of(partition));
                reader.seekToBeginning(List.of(partition));
                long end = reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
                while (reader.position(partition) < end) {
                    reader.poll(Duration.ofSeconds(1)).forEach(records::add);
                }
                backup.segment(
                        topic.partition(number),
                        0,
                        end,
                        records.stream().map(ContinuedGroupIT::backedUp).toList());
            }
            assertThat(records).hasSize(RECORDS);
            produced.put(partition, records);
        }
        backup.metadata(topic, PARTITIONS, Map.of(), Instant.EPOCH);
        BROKER.deleteTopic(topic.name());
        TopicMetadataStore metadata = new TopicMetadataStore(backup.storage());
        metadata.append(
                metadata.latest(topic).orElseThrow().deleted(Instant.now().plusSeconds(60)));
    }

    private static SegmentRecord backedUp(ConsumerRecord<String, String> record) {
        return new SegmentRecord(
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                0,
                record.key().getBytes(StandardCharsets.UTF_8),
                record.value().getBytes(StandardCharsets.UTF_8),
                new RecordHeaders());
    }

    /** Keys of what is to be there again. */
    private Set<String> restored(RecordSelection selection) {
        Set<String> keys = new HashSet<>();
        produced.forEach((partition, records) -> {
            List<OffsetRange> skipped = selection.skippedOffsets().getOrDefault(partition.partition(), List.of());
            for (ConsumerRecord<String, String> record : records) {
                if (skipped.stream().noneMatch(range -> range.contains(record.offset()))) {
                    keys.add(record.key());
                }
            }
        });
        return keys;
    }

    private RestorePlan restore(String topic, RecordSelection selection) throws Exception {
        RestoreConfig config = new RestoreConfig(
                backup.location(),
                new KafkaConnection(BROKER.bootstrapServers(), Map.of()),
                "restore-" + topic,
                1,
                Duration.ofMillis(100));
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.prepare(restore.plan(
                    List.of(new RestoreSelection(topic, topic, IncarnationChoice.NEWEST, Set.of(), selection))));
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            restore.build(environment, plan);
            Instant startedAt = Instant.now();
            environment.execute();
            restore.finish(plan, startedAt);
            return plan;
        }
    }

    private OffsetMap map(RestorePlan plan) throws Exception {
        return new OffsetMapStore(backup.storage(), BackupLayout.restore(plan.restoreId())).read();
    }

    private List<TranslatedOffset> translate(RestorePlan plan) throws Exception {
        return new GroupTranslation(plan, map(plan)).translate(new CommittedOffsets(backup.storage()).of(plan, null));
    }

    /** What the group reads when it is started again. */
    private static List<ConsumerRecord<String, String>> readOn(String topic) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer()) {
            consumer.subscribe(List.of(topic));
            Map<TopicPartition, Long> ends = Map.of();
            while (ends.isEmpty()
                    || ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                ends = consumer.endOffsets(consumer.assignment());
            }
        }
        return records;
    }
}
