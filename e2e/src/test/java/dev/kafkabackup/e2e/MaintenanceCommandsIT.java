// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** Maintenance by hand: what the commands do, what they print, and with which exit code they end. */
@Timeout(180)
class MaintenanceCommandsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int REFUSED = 3;

    private final List<KafkaBackupProcess> started = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void endAll() {
        started.forEach(KafkaBackupProcess::close);
    }

    @Test
    void whatIsHeldStaysUntilItIsReleasedAndADryRunRemovesNothing() throws Exception {
        Path root = folder.resolve("backup");
        Uuid id = BROKER.createTopic("orders", 1);
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
        assertThat(run(DONE, maintain(root)).errorLines())
                .anyMatch(line -> line.contains("nothing is removed from topic orders: held since"));
        assertThat(files(partition)).hasSize(1);

        assertThat(run(DONE, "release", "orders", "--storage", root).errorLines())
                .singleElement()
                .asString()
                .startsWith("Released topic orders, held since ")
                .endsWith(": wrong since Monday");
        KafkaBackupProcess due = run(DONE, maintain(root, "--dry-run"));
        assertThat(due.outputLines())
                .anyMatch(line -> line.contains("orders") && line.contains("RETENTION"))
                .noneMatch(line -> line.contains("HOLD"));
        assertThat(due.errorLines()).last().asString().startsWith("1 objects would be removed, ");
        assertThat(files(partition)).hasSize(1);
        assertThat(before).as("a dry run has changed nothing").containsAll(files(partition));

        KafkaBackupProcess removed = run(DONE, maintain(root));
        assertThat(removed.errorLines()).last().asString().startsWith("1 objects removed, ");
        assertThat(files(partition)).isEmpty();
        assertThat(files(incarnation.resolve("meta"))).isNotEmpty();
    }

    @Test
    void wrongUseIsToldInOneLineAndChangesNothing() throws Exception {
        Path root = root("root", 1, BROKER.clusterId());
        Path other = root("other", 1, "another-cluster-id");
        Path newer = root("newer", 99, BROKER.clusterId());
        Path missing = folder.resolve("missing");
        topic(root, "orders", "LIVE");
        Set<String> before = files(folder);
        List<Expectation> expectations = List.of(
                expect(
                        USAGE,
                        "--retention-grace",
                        "maintain",
                        broker(),
                        "--storage",
                        root,
                        "--retention-grace",
                        "1eon"),
                expect(USAGE, "--storage", "maintain", broker()),
                expect(USAGE, "--output", "maintain", broker(), "--storage", root, "--output", "xml"),
                expect(FAILED, "There is no backup in", "maintain", broker(), "--storage", missing),
                expect(REFUSED, "another-cluster-id", "maintain", broker(), "--storage", other),
                expect(FAILED, "localhost:1", "maintain", "--bootstrap-server", "localhost:1", "--storage", root),
                expect(USAGE, "TOPIC", "hold", "--storage", root),
                expect(USAGE, "--topic-id", "hold", "orders", "--storage", root, "--topic-id", "no-id"),
                expect(FAILED, "has no topic payments", "hold", "payments", "--storage", root),
                expect(FAILED, "There is no backup in", "hold", "orders", "--storage", missing),
                expect(REFUSED, "format version 99", "hold", "orders", "--storage", newer),
                expect(USAGE, "TOPIC", "release", "--storage", root),
                expect(FAILED, "orders is not held", "release", "orders", "--storage", root),
                expect(FAILED, "There is no backup in", "release", "orders", "--storage", missing),
                expect(USAGE, "--colour", "confirm-deletions", "--storage", root, "--colour", "red"),
                expect(FAILED, "There is no backup in", "confirm-deletions", "--storage", missing));
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
    void deletionsAreConfirmedOnceAndPlansSayWhatWasReadTooLate() throws Exception {
        Path root = root("root", 1, BROKER.clusterId());
        Path gone = topic(root, "gone", "DELETED");
        topic(root, "there", "LIVE");
        Path retention = Files.createDirectories(topic(root, "late", "LIVE").resolve("retention"));
        Files.writeString(retention.resolve("reading-1772323200000-0000002a.json"), """
                {"formatVersion": 1, "partitions": {"0": {"logEnds": {"points": []}, "judgedUpTo": 30, "late": [
                  {"offsets": {"startOffset": 20, "endOffset": 30},
                   "unreadSince": "2026-03-01T00:00:00Z", "unreadUntil": "2026-03-03T00:00:00Z"}]}}}
                """);
        KafkaBackupProcess table = start("restore", broker(), "--storage", root, "--topic", "late", "--dry-run");
        KafkaBackupProcess json =
                start("restore", broker(), "--storage", root, "--topic", "late=other", "--dry-run", "--output", "json");

        KafkaBackupProcess dry = run(DONE, "confirm-deletions", "--storage", root, "--dry-run");
        assertThat(dry.outputLines())
                .anyMatch(line -> line.startsWith("gone"))
                .noneMatch(line -> line.startsWith("there"));
        assertThat(dry.errorLines()).containsExactly("1 deletions would be confirmed");
        assertThat(gone.resolve("retention")).doesNotExist();
        assertThat(run(DONE, "confirm-deletions", "--storage", root).errorLines())
                .containsExactly("1 deletions confirmed");
        assertThat(gone.resolve("retention/deletion-confirmed.json")).exists();
        assertThat(run(DONE, "confirm-deletions", "--storage", root).errorLines())
                .containsExactly("0 deletions confirmed");

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

    private static void produce(String topic, int count) {
        RandomRecords records = RandomRecords.seeded();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), new ProducedLog())) {
            for (int i = 0; i < count; i++) {
                producer.send(records.next(topic, 0));
            }
        }
    }

    /** A root in which nothing has been backed up yet. */
    private Path root(String name, int formatVersion, String clusterId) throws IOException {
        Path root = Files.createDirectories(folder.resolve(name));
        Files.writeString(
                root.resolve("backup.json"),
                "{\"formatVersion\": %d, \"clusterId\": \"%s\", \"createdAt\": \"2026-03-01T12:00:00Z\"}"
                        .formatted(formatVersion, clusterId));
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
