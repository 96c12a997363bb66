// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The two accidents, and the commands of the pages that tell what to do then. */
@Tag("long")
@Timeout(600)
class RunbookIT {

    /** Nothing of the product has set it up. */
    private static StockBroker broker;

    @TempDir
    private static Path brokerFolder;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 4;
    private static final String TOPIC = "orders";
    private static final String GROUP = "billing";
    private static final Instant WRONG_FROM = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant WRONG_TO = Instant.parse("2026-03-01T12:20:00Z");

    @TempDir
    private Path folder;

    private static String clusterId = "";

    private final ProducedLog produced = new ProducedLog();

    @BeforeAll
    static void startTheBroker() throws Exception {
        broker = StockBroker.start(brokerFolder);
        clusterId = broker.clusterId();
    }

    @AfterAll
    static void stopTheBroker() {
        broker.close();
    }

    private static Uuid createTopic(String name, int partitions, Map<String, String> configs) throws Exception {
        return broker.admin()
                .createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                .topicId(name)
                .get();
    }

    private static void deleteTopic(String name) throws Exception {
        broker.admin().deleteTopics(List.of(name)).all().get();
        await("the topic to be gone")
                .atMost(PATIENCE)
                .until(() -> !broker.admin().listTopics().names().get().contains(name));
    }

    private Runbook page(String name) throws Exception {
        return new Runbook(
                name,
                folder,
                Map.of(
                        "./kafka-backup", "\"" + script() + "\"",
                        "s3://backups/prod", folder.resolve("backup").toString(),
                        "localhost:9092", broker.bootstrapServers()));
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
                        broker.bootstrapServers(),
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
        Uuid id = createTopic(TOPIC, PARTITIONS, Map.of("retention.ms", "-1"));
        produce(WRONG_FROM, 300, "good");
        readAndCommit(60);
        try (KafkaBackupProcess backup = startBackup()) {
            awaitBackedUp(id);
            awaitGroupRecorded(60);
            deleteTopic(TOPIC);

            Runbook page = page("deleted-topic.md");
            for (int step = 1; step <= 4; step++) {
                page.run(step);
            }
            new TargetJudge(broker.bootstrapServers()).assertHolds(produced, TOPIC, id, TOPIC);
            page.run(5);
            assertGroupGoesOn(TOPIC, id, 60);
            page.run(7);
            deleteTopic(TOPIC);
            assertThat(backup.isAlive()).isTrue();
        }
    }

    /** The group had read wrong records as well; it goes on where the good ones go on. */
    @Test
    void aTopicWithoutTheWrongDataAndAGroupThatHadReadOn() throws Exception {
        Uuid id = createTopic(TOPIC, PARTITIONS, Map.of("retention.ms", "-1"));
        produce(WRONG_FROM.minusSeconds(600), 160, "good");
        produce(WRONG_FROM, 120, "wrong");
        produce(WRONG_TO, 160, "good");
        // beyond the first wrong ones
        readAndCommit(50);
        try (KafkaBackupProcess backup = startBackup()) {
            awaitBackedUp(id);
            awaitGroupRecorded(50);

            Runbook page = page("wrong-data.md");
            page.run(1);
            assertThat(page.run(2)).contains("wrong ");
            page.run(3);
            List<String> restore = page.commands(4);
            for (String block : restore.subList(0, restore.size() - 1)) {
                page.run(block);
            }
            ProducedLog good =
                    produced.select((partition, record) -> text(record).startsWith("good"));
            new TargetJudge(broker.bootstrapServers()).assertHolds(good, TOPIC, id, "orders-good");

            List<String> move = page.commands(5);
            page.run(move.get(0));
            // 40 good ones of each partition, then 30 wrong ones: it goes on with the good one behind them
            assertGroupGoesOn("orders-good", id, 70);

            // good producers went on meanwhile: the last block fetches the rest
            produce(WRONG_TO.plusSeconds(600), 40, "good late");
            awaitBackedUp(id);
            page.run(restore.get(restore.size() - 1).replace("26250", "110"));
            ProducedLog all =
                    produced.select((partition, record) -> text(record).startsWith("good"));
            new TargetJudge(broker.bootstrapServers()).assertHolds(all, TOPIC, id, "orders-good");

            page.run(6);
            deleteTopic(TOPIC);
            deleteTopic("orders-good");
            assertThat(backup.isAlive()).isTrue();
        }
    }

    /** Wrong records lie among good ones, from a producer with a header of its own; a group reads on all the while. */
    @Test
    void aTopicGetsItsNameBackWithoutTheWrongDataThatLayAmongTheGoodOne() throws Exception {
        Uuid id = createTopic(TOPIC, PARTITIONS, Map.of("retention.ms", "-1"));
        try (KafkaBackupProcess backup = startBackup()) {
            long[] read = produceBothWhileTheGroupReads();
            awaitBackedUp(id);
            awaitGroupRecorded(read[0]);

            Runbook page = page("wrong-data.md");
            page.run(1);
            assertThat(page.run(2)).contains("good ", "wrong ", "producer=importer");
            for (String block : page.commands(3)) {
                page.run(withoutTheImporter(block));
            }
            List<String> restore = page.commands(4);
            for (String block : restore.subList(0, restore.size() - 1)) {
                page.run(withoutTheImporter(block));
            }
            ProducedLog good =
                    produced.select((partition, record) -> text(record).startsWith("good"));
            new TargetJudge(broker.bootstrapServers()).assertHolds(good, TOPIC, id, "orders-good");

            List<String> move = page.commands(5);
            page.run(move.get(1));
            deleteTopic(TOPIC);
            deleteTopic("orders-good");
            for (String block : move.subList(3, 6)) {
                page.run(withoutTheImporter(block));
            }
            new TargetJudge(broker.bootstrapServers()).assertHolds(good, TOPIC, id, TOPIC);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertNextIsTheFirstGoodOneFrom(id, partition, read[partition]);
            }
            page.run(6);
            deleteTopic(TOPIC);
            assertThat(backup.isAlive()).isTrue();
        }
    }

    private static String withoutTheImporter(String block) {
        return block.replaceAll("--skip \\S+", "--where header:producer!=importer");
    }

    /** @return by partition, what the group has committed */
    private long[] produceBothWhileTheGroupReads() {
        long[] read = new long[PARTITIONS];
        try (RecordingProducer good = new RecordingProducer(broker.bootstrapServers(), produced);
                RecordingProducer importer = new RecordingProducer(broker.bootstrapServers(), produced);
                Consumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(partitions(TOPIC));
            consumer.seekToBeginning(partitions(TOPIC));
            for (int i = 0; i < 400; i++) {
                byte[] value = ("good " + i).getBytes(StandardCharsets.UTF_8);
                good.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, WRONG_FROM.toEpochMilli() + i, null, value));
                if (i >= 100 && i < 300) {
                    importer.send(new ProducerRecord<>(
                            TOPIC,
                            i % PARTITIONS,
                            WRONG_FROM.toEpochMilli() + i,
                            null,
                            ("wrong " + i).getBytes(StandardCharsets.UTF_8),
                            List.of(new RecordHeader("producer", "importer".getBytes(StandardCharsets.UTF_8)))));
                }
                if (i % 50 == 49 && i < 250) {
                    good.flush();
                    importer.flush();
                    consumer.poll(Duration.ofSeconds(2));
                    consumer.commitSync();
                }
            }
            good.flush();
            importer.flush();
            for (TopicPartition partition : partitions(TOPIC)) {
                read[partition.partition()] = consumer.position(partition);
            }
            consumer.commitSync();
        }
        return read;
    }

    private void assertNextIsTheFirstGoodOneFrom(Uuid source, int partition, long sourceOffset) {
        ProducedRecord expected =
                produced
                        .records(new TopicIdPartition(source, partition, TOPIC))
                        .tailMap(sourceOffset, true)
                        .values()
                        .stream()
                        .filter(record -> text(record).startsWith("good"))
                        .findFirst()
                        .orElseThrow();
        assertThat(next(new TopicPartition(TOPIC, partition)).value()).isEqualTo(expected.value());
    }

    private ConsumerRecord<byte[], byte[]> next(TopicPartition partition) {
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(partition));
            return await().atMost(PATIENCE)
                    .until(
                            () -> consumer.poll(Duration.ofMillis(200)).records(partition),
                            records -> !records.isEmpty())
                    .get(0);
        }
    }

    private static String text(ProducedRecord record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private void produce(Instant from, int count, String kind) {
        try (RecordingProducer producer = new RecordingProducer(broker.bootstrapServers(), produced)) {
            for (int i = 0; i < count; i++) {
                byte[] value = (kind + " " + i).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, from.toEpochMilli() + i, null, value));
            }
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers(),
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
    private void readAndCommit(long offset) {
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            consumer.commitSync(partitions(TOPIC).stream()
                    .collect(toMap(partition -> partition, partition -> new OffsetAndMetadata(offset))));
        }
    }

    private void assertGroupGoesOn(String topic, Uuid source, long sourceOffset) {
        for (TopicPartition partition : partitions(topic)) {
            ProducedRecord expected = produced.records(new TopicIdPartition(source, partition.partition(), TOPIC))
                    .get(sourceOffset);
            assertThat(next(partition).value())
                    .as("first record in %s", partition)
                    .isEqualTo(expected.at(0).value());
        }
    }

    private void awaitBackedUp(Uuid id) {
        try (Judge judge = Judge.withParquetAvro(folder.resolve("backup"), clusterId)) {
            StoredOffsets stored = new StoredOffsets(judge, TOPIC, id);
            await("everything to be in the backup")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> stored.hold(produced));
        }
    }

    private void awaitGroupRecorded(long offset) {
        Path groups = folder.resolve("backup/groups");
        await("committed offsets to be in the backup")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> {
                    try (Stream<Path> files = Files.walk(groups)) {
                        return files.filter(Files::isRegularFile)
                                .map(RunbookIT::read)
                                .anyMatch(text -> text.contains(GROUP)
                                        && text.replace(" ", "").contains("\"offset\":" + offset));
                    }
                });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
