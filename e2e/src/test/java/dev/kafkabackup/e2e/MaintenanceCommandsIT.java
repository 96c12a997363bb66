// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Maintenance by hand: what the commands do, what they print, and with which exit code they end. */
@Timeout(180)
class MaintenanceCommandsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int REFUSED = 3;

    private final List<KafkaBackupProcess> started = new ArrayList<>();
    private final ProducedLog log = new ProducedLog();

    @TempDir
    private Path folder;

    @AfterEach
    void endAll() {
        started.forEach(KafkaBackupProcess::close);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whatIsHeldStaysUntilItIsReleasedAndADryRunRemovesNothing() throws Exception {
        Path root = folder.resolve("backup");
        Uuid id = BROKER.createTopic("orders", 2);
        produce("orders", 50);
        run(DONE, "backup", broker(), "--storage", root, "--include", "orders", "--once", "--web-port", 0);
        BROKER.admin()
                .deleteRecords(Map.of(new TopicPartition("orders", 0), RecordsToDelete.beforeOffset(50)))
                .all()
                .get();
        Path incarnation = root.resolve("topics/topic=orders/id=" + id);
        Path partition = incarnation.resolve("partition=00000");
        assertThat(files(partition)).hasSize(1);

        KafkaBackupProcess firstLook = run(DONE, maintain(root));
        assertThat(firstLook.errorLines()).last().asString().startsWith("0 objects removed, ");
        assertThat(files(incarnation.resolve("retention"))).as("what was seen").hasSize(1);

        KafkaBackupProcess hold = run(DONE, "hold", "orders", "--storage", root, "--reason", "wrong since Monday");
        assertThat(hold.errorLines()).containsExactly("Topic orders is held; 'release orders' ends that");
        Set<String> before = files(root);
        KafkaBackupProcess held = run(DONE, maintain(root, "--dry-run", "--output", "json"));
        JsonNode removal = new ObjectMapper()
                .readTree(String.join("\n", held.outputLines()))
                .at("/removals/0");
        assertThat(removal.at("/cause").asText()).isEqualTo("RETENTION");
        assertThat(removal.at("/topic/name").asText()).isEqualTo("orders");
        assertThat(removal.at("/obstacle").asText()).isEqualTo("HOLD");
        assertThat(removal.at("/explanation").asText()).contains("wrong since Monday");
        assertThat(files(root)).as("a dry run changes nothing").isEqualTo(before);
        assertThat(run(DONE, maintain(root)).errorLines())
                .anyMatch(line -> line.contains("nothing is removed from topic orders: held since"));
        assertThat(run(DONE, "describe", "orders", "--storage", root).outputLines())
                .anyMatch(line -> line.contains("held") && line.contains("wrong since Monday"))
                .anyMatch(line -> line.startsWith("Maintenance at ")
                        && line.contains("nothing is removed from topic orders: held since"));
        assertThat(files(partition)).hasSize(1);

        assertThat(run(DONE, "release", "orders", "--storage", root).errorLines())
                .singleElement()
                .asString()
                .startsWith("Released topic orders, held since ")
                .endsWith(": wrong since Monday");
        KafkaBackupProcess removed = run(DONE, maintain(root));
        assertThat(removed.errorLines()).last().asString().startsWith("1 objects removed, ");
        assertThat(files(partition)).isEmpty();
        assertThat(files(incarnation.resolve("meta"))).isNotEmpty();

        run(
                DONE,
                "restore",
                broker(),
                "--storage",
                root,
                "--topic",
                "orders=orders-left",
                "--checkpoint-interval",
                "200ms");
        new TargetJudge(BROKER.bootstrapServers())
                .assertHolds(log.select((source, any) -> source.partition() == 1), "orders", id, "orders-left");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whatCannotBeDoneIsToldInOneLineAndChangesNothing() throws Exception {
        Path root = root("root", BROKER.clusterId());
        Path other = root("other", "another-cluster-id");
        topic(root, "orders", "LIVE");
        Set<String> before = files(folder);

        List<Expectation> expectations = List.of(
                expect(FAILED, "There is no backup in", "maintain", broker(), "--storage", folder.resolve("missing")),
                expect(REFUSED, "another-cluster-id", "maintain", broker(), "--storage", other),
                expect(FAILED, "localhost:1", "maintain", "--bootstrap-server", "localhost:1", "--storage", root));

        for (Expectation expected : expectations) {
            KafkaBackupProcess process = expected.process();
            process.assertEndsWith(expected.exitCode(), PATIENCE);
            assertThat(process.outputLines()).as("%s", process).isEmpty();
            assertThat(process.errorLines())
                    .as("%s", process)
                    .singleElement()
                    .asString()
                    .startsWith("kafka-backup: ")
                    .contains(expected.words());
        }
        assertThat(withoutRuns(files(folder))).isEqualTo(withoutRuns(before));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void plansSayWhatWasReadTooLate() throws Exception {
        Path root = root("root", BROKER.clusterId());
        Path retention = Files.createDirectories(topic(root, "late", "LIVE").resolve("retention"));
        Files.writeString(retention.resolve("reading-1772323200000-0000002a.json"), """
                {"formatVersion": 1, "partitions": {"0": {"logEnds": {"points": []}, "judgedUpTo": 30, "late": [
                  {"offsets": {"startOffset": 20, "endOffset": 30},
                   "unreadSince": "2026-03-01T00:00:00Z", "unreadUntil": "2026-03-03T00:00:00Z"}]}}}
                """);

        KafkaBackupProcess table = start("restore", broker(), "--storage", root, "--topic", "late", "--dry-run");
        KafkaBackupProcess json =
                start("restore", broker(), "--storage", root, "--topic", "late=other", "--dry-run", "--output", "json");

        table.assertEndsWith(DONE, PATIENCE);
        assertThat(table.errorLines())
                .anyMatch(line ->
                        line.contains("Tombstones may be missing in partition 0 of late") && line.contains("[20, 30)"));
        json.assertEndsWith(DONE, PATIENCE);
        JsonNode late = new ObjectMapper()
                .readTree(String.join("\n", json.outputLines()))
                .at("/partitions/0/readLate/0");
        assertThat(late.at("/offsets/startOffset").asLong()).isEqualTo(20);
        assertThat(late.at("/unreadUntil").asText()).isEqualTo("2026-03-03T00:00:00Z");
    }

    private record Expectation(int exitCode, String words, KafkaBackupProcess process) {}

    private Expectation expect(int exitCode, String words, Object... arguments) {
        return new Expectation(exitCode, words, start(arguments));
    }

    private static List<String> broker() {
        return List.of("--bootstrap-server", BROKER.bootstrapServers());
    }

    private static Object[] maintain(Path root, Object... more) {
        return Stream.concat(
                        Stream.of("maintain", broker(), "--storage", root, "--retention-grace", "1ms"), Stream.of(more))
                .toArray();
    }

    private KafkaBackupProcess run(int exitCode, Object... arguments) throws InterruptedException {
        KafkaBackupProcess process = start(arguments);
        process.assertEndsWith(exitCode, PATIENCE);
        return process;
    }

    /** Of a list, each element is an argument. */
    private KafkaBackupProcess start(Object... arguments) {
        List<String> all = Stream.of(arguments)
                .flatMap(argument -> argument instanceof List<?> list ? list.stream() : Stream.of(argument))
                .map(String::valueOf)
                .toList();
        KafkaBackupProcess process = KafkaBackupProcess.start(folder, all);
        started.add(process);
        return process;
    }

    /** So many records into each partition. */
    private void produce(String topic, int count) {
        RandomRecords records = RandomRecords.seeded();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), log)) {
            for (int i = 0; i < count; i++) {
                producer.send(records.next(topic, 0));
                producer.send(records.next(topic, 1));
            }
        }
    }

    /** A root in which nothing has been backed up yet. */
    private Path root(String name, String clusterId) throws IOException {
        Path root = Files.createDirectories(folder.resolve(name));
        Files.writeString(
                root.resolve("backup.json"),
                "{\"formatVersion\": 1, \"clusterId\": \"%s\", \"createdAt\": \"2026-03-01T12:00:00Z\"}"
                        .formatted(clusterId));
        return root;
    }

    /** A topic that never had a record. */
    private static Path topic(Path root, String name, String state) throws IOException {
        Uuid id = Uuid.randomUuid();
        Path incarnation = root.resolve("topics/topic=" + name + "/id=" + id);
        Files.createDirectories(incarnation.resolve("partition=00000"));
        Files.writeString(
                Files.createDirectories(incarnation.resolve("meta")).resolve("1772323200000-0001.json"),
                """
                {"name": "%s", "id": "%s", "clusterId": "%s", "partitions": 1, "replicationFactor": 1, "configs": {},
                 "configsKnown": true, "state": "%s", "observedAt": "2026-03-01T00:00:00Z"}
                """.formatted(name, id, BROKER.clusterId(), state));
        return incarnation;
    }

    private static Set<String> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return new TreeSet<>();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            Set<String> names = new TreeSet<>();
            files.filter(Files::isRegularFile).forEach(file -> names.add(file.toString()));
            return names;
        }
    }

    private List<String> withoutRuns(Set<String> files) {
        return files.stream()
                .filter(file -> !file.endsWith(".out") && !file.endsWith(".err"))
                .filter(file -> !Path.of(file).startsWith(KafkaBackupProcess.temporaryFolder(folder)))
                .toList();
    }
}
