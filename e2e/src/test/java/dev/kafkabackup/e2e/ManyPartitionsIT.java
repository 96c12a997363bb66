// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One process backs up thousands of partitions, whether they are idle, trickle or are all loaded. */
@Timeout(900)
class ManyPartitionsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int TOPICS = 300;
    private static final int PARTITIONS = 4;

    private final ProducedLog produced = new ProducedLog();
    private final SplittableRandom random = new SplittableRandom(7);

    @TempDir
    private Path folder;

    @Test
    void whatManyPartitionsHoldOpenFitsIntoASmallHeap() throws Exception {
        String topic = "few";
        Uuid id = BROKER.createTopic(topic, 400);
        load(topic, 400, 700);

        runOnceWithoutCheckpoints("256m", topic);

        assertComplete(topic, id);
    }

    @Test
    @Tag("long")
    void twoThousandPartitionsFitIntoOneGibibyteLoadedAndTrickling() throws Exception {
        String topic = "many";
        int partitions = 2_000;
        Uuid id = BROKER.createTopic(topic, partitions);
        load(topic, partitions, 450);
        long begun = System.nanoTime();
        runOnceWithoutCheckpoints("1g", topic);
        System.out.printf(
                "%d records of %d partitions were backed up in %d ms%n",
                produced.recordCount(), partitions, millisSince(begun));

        try (KafkaBackupProcess backup = start("1g", topic, "--checkpoint-interval", "5s");
                RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced);
                Judge judge = Judge.withParquetAvro(root(), BROKER.clusterId())) {
            StoredOffsets stored = new StoredOffsets(judge, topic, id);
            for (int round = 0; round < 5; round++) {
                toAll(producer, topic, partitions, 100);
                producer.flush();
                await("what trickled in").atMost(PATIENCE).until(() -> !backup.isAlive() || stored.hold(produced));
            }
            backup.sendTerm();
            backup.assertEndsWith(0, PATIENCE);
        }

        assertComplete(topic, id);
    }

    /** More than the heap can hold, in pieces for which nothing but the heap is a reason to be published. */
    private void runOnceWithoutCheckpoints(String heap, String topic) throws Exception {
        try (KafkaBackupProcess backup =
                start(heap, topic, "--once", "--checkpoint-interval", "1h", "--segment-age", "1h")) {
            backup.assertEndsWith(0, PATIENCE);
        }
    }

    private void assertComplete(String topic, Uuid id) {
        try (Judge judge = Judge.withParquetAvro(root(), BROKER.clusterId())) {
            judge.assertComplete(produced, topic, id);
            judge.assertNoOverlap(topic, id);
        }
    }

    private void load(String topic, int partitions, int records) {
        try (RecordingProducer producer =
                new RecordingProducer(BROKER.bootstrapServers(), produced, Map.of("batch.size", 16_384))) {
            for (int i = 0; i < records; i++) {
                toAll(producer, topic, partitions, 1_000);
            }
        }
    }

    private static long millisSince(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime).toMillis();
    }

    private void toAll(RecordingProducer producer, String topic, int partitions, int bytes) {
        for (int partition = 0; partition < partitions; partition++) {
            byte[] value = new byte[bytes];
            random.nextBytes(value);
            producer.send(new ProducerRecord<>(topic, partition, null, value));
        }
    }

    @Test
    void manyTopicsStartQuicklyAndIdleOnesCostNothing() throws Exception {
        List<String> topics =
                IntStream.range(0, TOPICS).mapToObj(number -> "idle-" + number).toList();
        Map<String, Uuid> ids = create(topics);
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            // a record in every third topic, so that there are partitions with and without segments
            for (int i = 0; i < TOPICS; i += 3) {
                producer.send(new ProducerRecord<>(topics.get(i), 0, null, new byte[10]));
            }
        }

        long begun = System.nanoTime();
        try (KafkaBackupProcess backup = start(
                        "1g",
                        "idle-.*",
                        "--checkpoint-interval",
                        "1s",
                        "--segment-age",
                        "1h",
                        // so that whoever writes without need has done it before the test ends
                        "--discovery-interval",
                        "1s",
                        "--groups-interval",
                        "1s");
                RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced);
                Judge judge = Judge.withParquetAvro(root(), BROKER.clusterId())) {
            await("all that was there")
                    .atMost(PATIENCE)
                    .until(() -> !backup.isAlive()
                            || ids.entrySet().stream()
                                    .allMatch(topic ->
                                            new StoredOffsets(judge, topic.getKey(), topic.getValue()).hold(produced)));
            System.out.printf(
                    "%d topics with %d partitions each: all records are published %d ms after the start%n",
                    TOPICS,
                    PARTITIONS,
                    Duration.ofNanos(System.nanoTime() - begun).toMillis());
            await("metadata of all topics").atMost(PATIENCE).until(() -> metadataObjects() >= TOPICS);
            Set<Path> before = objects();

            // each checkpoint publishes what there is of the one topic that is not idle
            Uuid busy = ids.get("idle-1");
            StoredOffsets stored = new StoredOffsets(judge, "idle-1", busy);
            for (int segments = 1; segments <= 5; segments++) {
                int wanted = segments;
                producer.send(new ProducerRecord<>("idle-1", 0, null, new byte[10]));
                producer.flush();
                await("segment " + segments)
                        .atMost(PATIENCE)
                        .until(() -> !backup.isAlive() || stored.segmentCount() >= wanted);
            }

            Set<Path> added = objects();
            added.removeAll(before);
            assertThat(added)
                    .as("objects that were added during at least five checkpoints; %s", backup)
                    .hasSize(5)
                    .allMatch(object -> object.toString().contains("/topic=idle-1/"));
            backup.sendTerm();
            backup.assertEndsWith(0, PATIENCE);
            ids.forEach((topic, id) -> judge.assertComplete(produced, topic, id));
        }
    }

    private static Map<String, Uuid> create(List<String> topics) throws Exception {
        var created = BROKER.admin()
                .createTopics(topics.stream()
                        .map(topic -> new NewTopic(topic, PARTITIONS, (short) 1))
                        .toList());
        created.all().get();
        List<TopicPartition> partitions = new ArrayList<>();
        Map<String, Uuid> ids = new HashMap<>();
        for (String topic : topics) {
            ids.put(topic, created.topicId(topic).get());
            IntStream.range(0, PARTITIONS).forEach(number -> partitions.add(new TopicPartition(topic, number)));
        }
        // answered by the leader of each
        BROKER.admin()
                .listOffsets(partitions.stream()
                        .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                .all()
                .get();
        return ids;
    }

    private long metadataObjects() throws IOException {
        return objects().stream()
                .filter(object -> object.getParent().endsWith("meta"))
                .count();
    }

    /** All objects of the backup but heartbeats, which are always renewed. */
    private Set<Path> objects() throws IOException {
        Set<Path> objects = new HashSet<>();
        Files.walkFileTree(root(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!file.startsWith(root().resolve("jobs"))
                        && !file.getFileName().toString().startsWith(".")) {
                    objects.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                // a temporary file that has got its name meanwhile
                return FileVisitResult.CONTINUE;
            }
        });
        return objects;
    }

    private KafkaBackupProcess start(String heap, String include, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "backup",
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                root().toString(),
                "--include",
                include,
                "--web-port",
                "0"));
        arguments.addAll(List.of(more));
        return KafkaBackupProcess.start(
                folder, Map.of("JAVA_OPTS", "-Xmx" + heap + " -XX:+ExitOnOutOfMemoryError"), arguments);
    }

    private Path root() {
        return folder.resolve("backup");
    }
}
