// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.testing.BrokerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What cannot work ends soon, with one line that says why and the exit code for it, and changes nothing. */
@Timeout(120)
class WrongUsageIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PROMISED = Duration.ofSeconds(30);
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int REFUSED = 3;

    private final List<Expectation> runs = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void endAll() {
        runs.forEach(run -> run.process().close());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aBrokerThatCannotBeReached() throws Exception {
        expect(FAILED, "no-such-host.invalid:9092", backup("no-such-host.invalid:9092", storage(), "--include", "a"));
        expect(FAILED, "localhost:1", backup("localhost:1", storage(), "--include", "a"));
        assertAllAsExpected();
        assertThat(storage()).doesNotExist();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aStorageThatCannotBeUsed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        Path otherCluster = root("other-cluster", 1, "another-cluster-id");
        Path newer = root("newer", 99, BROKER.clusterId());
        Map<Path, String> before = content();

        expect(FAILED, file + "/backup", backup(BROKER.bootstrapServers(), file.resolve("backup"), "--include", "a"));
        expect(USAGE, "nowhere", backup(BROKER.bootstrapServers(), "nowhere://bucket/root", "--include", "a"));
        expect(REFUSED, "another-cluster-id", backup(BROKER.bootstrapServers(), otherCluster, "--include", "a"));
        expect(REFUSED, "format version 99", backup(BROKER.bootstrapServers(), newer, "--include", "a"));
        expect(FAILED, "There is no backup in", restore(storage(), "--topic", "orders"));
        expect(
                FAILED,
                "The Flink cluster localhost:1 does not answer",
                backup(BROKER.bootstrapServers(), storage(), "--include", "a", "--flink", "localhost:1"));
        expect(
                USAGE,
                "no-such-conf",
                backup(BROKER.bootstrapServers(), storage(), "--include", "a", "--flink-conf", "no-such-conf"));
        assertAllAsExpected();
        assertThat(content()).isEqualTo(before);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void somethingThatIsNotInTheBackup() throws Exception {
        Path root = root("empty", 1, BROKER.clusterId());
        Map<Path, String> before = content();

        expect(USAGE, "Topic orders is not in the backup", restore(root, "--topic", "orders"));
        expect(
                FAILED,
                "no-such-restore",
                List.of("groups", "translate", "--storage", root.toString(), "--restore-id", "no-such-restore"));
        assertAllAsExpected();
        assertThat(content()).isEqualTo(before);
        assertThat(BROKER.admin().listTopics().names().get()).as("topics").isEmpty();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void backupArgumentsThatMakeNoSense() throws Exception {
        String broker = BROKER.bootstrapServers();
        expect(USAGE, "--include 'a(b'", backup(broker, storage(), "--include", "a(b"));
        expect(USAGE, "--colour", backup(broker, storage(), "--include", "a", "--colour", "red"));
        expect(USAGE, "--include", backup(broker, storage()));
        expect(
                USAGE,
                "--checkpoint-interval",
                backup(broker, storage(), "--include", "a", "--checkpoint-interval", "1eon"));
        expect(USAGE, "--segment-bytes", backup(broker, storage(), "--include", "a", "--segment-bytes", "1kb"));
        expect(
                USAGE,
                "--once and --checkpoint-dir exclude each other",
                backup(broker, storage(), "--include", "a", "--once", "--checkpoint-dir", "checkpoints"));
        expect(USAGE, "--detached needs --flink", backup(broker, storage(), "--include", "a", "--detached"));
        expect(USAGE, "'nowhere' is not HOST:PORT", backup(broker, storage(), "--include", "a", "--flink", "nowhere"));
        assertAllAsExpected();
        assertThat(storage()).doesNotExist();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void otherArgumentsThatMakeNoSense() throws Exception {
        expect(USAGE, "Missing command", List.of());
        expect(USAGE, "bakcup", List.of("bakcup"));
        expect(
                USAGE,
                "--bootstrap-server",
                List.of("restore", "--storage", storage().toString(), "--topic", "a"));
        expect(USAGE, "2-x", restore(storage(), "--topic", "a", "--partitions", "2-x"));
        expect(
                USAGE,
                "--finalize comes after the end",
                restore(storage(), "--topic", "a", "--finalize", "--flink", "127.0.0.1:8081", "--detached"));
        expect(USAGE, "yesterday", restore(storage(), "--topic", "a", "--from", "yesterday"));
        assertAllAsExpected();
        assertThat(storage()).doesNotExist();
    }

    private void expect(int exitCode, String words, List<String> arguments) {
        runs.add(new Expectation(exitCode, words, Instant.now(), KafkaBackupProcess.start(folder, arguments)));
    }

    private void assertAllAsExpected() throws InterruptedException {
        for (Expectation run : runs) {
            KafkaBackupProcess process = run.process();
            Duration used = Duration.between(run.startedAt(), Instant.now());
            process.assertEndsWith(run.exitCode(), PROMISED.minus(used));
            assertThat(process.outputLines())
                    .as("standard output of %s", process)
                    .isEmpty();
            assertThat(process.errorLines())
                    .as("standard error of %s", process)
                    .filteredOn(line -> !line.startsWith("Restore id: "))
                    .singleElement()
                    .asString()
                    .startsWith("kafka-backup: ")
                    .contains(run.words());
        }
    }

    private static List<String> backup(String bootstrapServer, Object storage, String... more) {
        return arguments("backup", bootstrapServer, storage, more);
    }

    private static List<String> restore(Path storage, String... more) {
        return arguments("restore", BROKER.bootstrapServers(), storage, more);
    }

    private static List<String> arguments(String command, String bootstrapServer, Object storage, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of(command, "--bootstrap-server", bootstrapServer, "--storage", storage.toString()));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private Path storage() {
        return folder.resolve("storage");
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

    /** All files of the test's folder but those of the runs themselves. */
    private Map<Path, String> content() throws IOException {
        Map<Path, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                boolean ofRun = name.endsWith(".out") || name.endsWith(".err");
                if (!ofRun && !file.startsWith(KafkaBackupProcess.temporaryFolder(folder))) {
                    content.put(file, Files.readString(file));
                }
            }
        }
        return content;
    }

    private record Expectation(int exitCode, String words, Instant startedAt, KafkaBackupProcess process) {}
}
