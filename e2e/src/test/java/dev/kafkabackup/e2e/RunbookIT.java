// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The two accidents, and the commands of the pages that tell what to do then. */
@Tag("long")
@Timeout(600)
class RunbookIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;
    private static final String TOPIC = "orders";
    private static final String GROUP = "billing";
    private static final Instant WRONG_FROM = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant WRONG_TO = Instant.parse("2026-03-01T12:20:00Z");

    @TempDir
    private Path folder;

    private final ProducedLog produced = new ProducedLog();

    @AfterEach
    void deleteTopics() {
        for (String topic : Set.of(TOPIC, "orders-good")) {
            if (BROKER.topicId(topic) != null) {
                BROKER.deleteTopic(topic);
            }
        }
    }

    private Runbook page(String name) throws Exception {
        return new Runbook(
                name,
                folder,
                Map.of(
                        "./kafka-backup", "\"" + script() + "\"",
                        "s3://backups/prod", folder.resolve("backup").toString(),
                        "localhost:9092", BROKER.bootstrapServers()));
    }

    private static Path script() {
        return Path.of(System.getProperty("dist.dir"))
                .resolve("../../../kafka-backup")
                .normalize();
    }

    private KafkaBackupProcess startBackup() {
        return KafkaBackupProcess.start(
                folder,
                List.of(
                        "backup",
                        "--bootstrap-server",
                        BROKER.bootstrapServers(),
                        "--storage",
                        folder.resolve("backup").toString(),
                        "--include",
                        "orders.*",
                        "--discovery-interval",
                        "1 s",
                        "--checkpoint-interval",
                        "2 s",
                        "--groups-interval",
                        "1 s"));
    }

    @Test
    void aDeletedTopicComesBackAndItsGroupGoesOn() throws Exception {
        Uuid id = BROKER.createTopic(TOPIC, PARTITIONS, Map.of("retention.ms", "-1"));
        produce(WRONG_FROM, 300, "good");
        Map<TopicPartition, Long> committed = readAndCommit(TOPIC, 60);
        try (KafkaBackupProcess backup = startBackup()) {
            awaitBackedUp(id, 300);
            awaitGroupRecorded(committed);
            BROKER.deleteTopic(TOPIC);

            Runbook page = page("deleted-topic.md");
            for (int step = 1; step <= 4; step++) {
                page.run(step);
            }
            new TargetJudge(BROKER.bootstrapServers()).assertHolds(produced, TOPIC, id, TOPIC);
            page.run(5);
            assertNextRecordsAre(TOPIC, id, committed);
            page.run(7);
            assertThat(backup.isAlive()).isTrue();
        }
    }

    @Test
    void aTopicWithoutTheWrongDataAndAGroupThatHadReadOn() throws Exception {
        Uuid id = BROKER.createTopic(TOPIC, PARTITIONS, Map.of("retention.ms", "-1"));
        produce(WRONG_FROM.minusSeconds(600), 150, "good");
        produce(WRONG_FROM, 120, "wrong");
        produce(WRONG_TO, 150, "good");
        // beyond the first wrong ones
        Map<TopicPartition, Long> committed = readAndCommit(TOPIC, 70);
        try (KafkaBackupProcess backup = startBackup()) {
            awaitBackedUp(id, 420);
            awaitGroupRecorded(committed);

            Runbook page = page("wrong-data.md");
            page.run(1);
            page.run(3);
            List<String> restore = page.commands(4);
            for (String block : restore.subList(0, restore.size() - 1)) {
                page.run(block);
            }
            ProducedLog good = produced.select((partition, record) -> text(record).startsWith("good"));
            new TargetJudge(BROKER.bootstrapServers()).assertHolds(good, TOPIC, id, "orders-good");

            // good producers went on meanwhile: the last block fetches the rest
            produce(WRONG_TO.plusSeconds(600), 30, "good late");
            awaitBackedUp(id, 450);
            page.run(restore.get(restore.size() - 1).replace("26250", "140"));
            ProducedLog all = produced.select((partition, record) -> text(record).startsWith("good"));
            new TargetJudge(BROKER.bootstrapServers()).assertHolds(all, TOPIC, id, "orders-good");
            assertThat(backup.isAlive()).isTrue();
        }
    }

    private static String text(ProducedRecord record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private void produce(Instant from, int count, String kind) {
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            for (int i = 0; i < count; i++) {
                byte[] value = (kind + " " + i).getBytes(StandardCharsets.UTF_8);
                producer.send(
                        new ProducerRecord<>(TOPIC, i % PARTITIONS, from.toEpochMilli() + i, null, value));
            }
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, BROKER.bootstrapServers(),
                        ConsumerConfig.GROUP_ID_CONFIG, GROUP,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    /** The group has read so many records of each partition. */
    private Map<TopicPartition, Long> readAndCommit(String topic, long offset) {
        Map<TopicPartition, Long> committed =
                partitions(topic).stream().collect(toMap(partition -> partition, partition -> offset));
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(committed.keySet());
            consumer.commitSync(committed.keySet().stream()
                    .collect(toMap(partition -> partition, partition -> new OffsetAndMetadata(offset))));
        }
        return committed;
    }

    private void assertNextRecordsAre(String topic, Uuid source, Map<TopicPartition, Long> committed) {
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            for (TopicPartition partition : partitions(topic)) {
                consumer.assign(List.of(partition));
                ConsumerRecord<byte[], byte[]> next = await().atMost(PATIENCE)
                        .until(
                                () -> consumer.poll(Duration.ofMillis(200)).records(partition),
                                records -> !records.isEmpty())
                        .get(0);
                ProducedRecord expected = produced.records(
                                new TopicIdPartition(source, partition.partition(), TOPIC))
                        .get(committed.get(partition));
                assertThat(next.value()).as("first record in %s", partition).isEqualTo(expected.value());
            }
        }
    }

    private void awaitBackedUp(Uuid id, long records) {
        Path incarnation = folder.resolve("backup/topics/topic=" + TOPIC + "/id=" + id);
        await("%d records in the backup".formatted(records))
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> StoredOffsets.of(incarnation) >= records);
    }

    private void awaitGroupRecorded(Map<TopicPartition, Long> committed) {}
}
