// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a user selects on the command line of a restore, of a topic that was deleted and created again. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one backup serves all tests
class SelectedRestoreIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = "orders";
    private static final int RECORDS = 300;
    private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;

    private final ProducedLog produced = new ProducedLog();
    private TargetJudge judge;
    private Uuid first;
    private Uuid second;

    @TempDir
    private static Path folder;

    @BeforeAll
    void backUpTwoIncarnations() throws Exception {
        judge = new TargetJudge(BROKER.bootstrapServers());
        BROKER.createTopic("payments", 1);
        produce("payments", 1);
        first = BROKER.createTopic(TOPIC, 3);
        produce(TOPIC, 3);
        run(0, "backup", "--include", ".*", "--once");
        BROKER.deleteTopic(TOPIC);
        second = BROKER.createTopic(TOPIC, 2);
        produce(TOPIC, 2);
        run(0, "backup", "--include", ".*", "--once");
        BROKER.deleteTopic(TOPIC);
    }

    /** Timestamps go up and down; every third key is a test's; every fifth record has a header. */
    private void produce(String topic, int partitions) {
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            for (int i = 0; i < RECORDS; i++) {
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                        topic,
                        i % partitions,
                        FIRST_TIMESTAMP + (i * 37 % RECORDS),
                        bytes((i % 3 == 0 ? "test-" : "customer-") + i),
                        bytes("value " + i));
                if (i % 5 == 0) {
                    record.headers().add("source", bytes("web"));
                }
                producer.send(record);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void everythingButTheWrongData() throws Exception {
        run(
                0,
                "restore",
                "--topic",
                "orders=good",
                "--skip",
                Instant.ofEpochMilli(FIRST_TIMESTAMP + 100) + "/" + (FIRST_TIMESTAMP + 150),
                "--skip",
                "1:10-20",
                "--to-offset",
                "0:100",
                "--restore-id",
                "good");

        assertRestored("good", second, (partition, record) -> {
            long time = record.timestamp() - FIRST_TIMESTAMP;
            boolean wrong = (time >= 100 && time < 150)
                    || (partition == 1 && record.offset() >= 10 && record.offset() <= 20)
                    || (partition == 0 && record.offset() >= 100);
            return !wrong;
        });
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anOlderIncarnationByKeyAndHeader() throws Exception {
        run(
                0,
                "restore",
                "--topic",
                "orders=some",
                "--topic-id",
                first.toString(),
                "--where",
                "key~customer-.*",
                "--where",
                "header:source!=web",
                "--from",
                Long.toString(FIRST_TIMESTAMP + 50),
                "--restore-id",
                "some");

        assertRestored(
                "some",
                first,
                (partition, record) -> text(record.key()).startsWith("customer-")
                        && record.headers().isEmpty()
                        && record.timestamp() >= FIRST_TIMESTAMP + 50);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void allIncarnationsOneAfterTheOther() throws Exception {
        run(0, "restore", "--topic", "orders=both", "--topic-id", "all", "--restore-id", "both");

        Map<Integer, ? extends Map<Long, ProducedRecord>> restored = judge.read("both");
        assertThat(restored).hasSize(3);
        restored.forEach((partition, records) -> assertThat(
                        records.values().stream().map(record -> record.at(0)).toList())
                .as("partition %d", partition)
                .isEqualTo(Stream.of(first, second)
                        .flatMap(id -> produced.records(new TopicIdPartition(id, partition, TOPIC)).values().stream())
                        .map(record -> record.at(0))
                        .toList()));
        for (Uuid id : List.of(first, second)) {
            judge.assertOffsetMapLeads(
                    folder.resolve("backup/restores/both/offset-map"),
                    only(id, (partition, record) -> true),
                    TOPIC,
                    id,
                    "both");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aFilterAsTheDocumentationShowsIt() throws Exception {
        Path jar = jarOfTheDocumentedFilter();

        run(
                0,
                "restore",
                "--topic",
                "orders=filtered",
                "--filter-class",
                "com.example.WithoutTestOrders",
                "--filter-jar",
                jar.toString(),
                "--restore-id",
                "filtered");
        assertRestored(
                "filtered", second, (partition, record) -> !text(record.key()).startsWith("test-"));

        List<String> verify = List.of("verify", "--restore-id", "filtered");
        assertThat(run(2, verify.toArray(String[]::new)).errorLines())
                .last()
                .asString()
                .contains("--filter-class com.example.WithoutTestOrders cannot be used");
        run(
                0,
                Stream.concat(verify.stream(), Stream.of("--filter-jar", jar.toString()))
                        .toArray(String[]::new));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void topicsByPatternAsADryRunForPrograms() throws Exception {
        KafkaBackupProcess dry = run(
                0,
                "restore",
                "--include",
                ".*s",
                "--exclude",
                "pay.*",
                "--target-prefix",
                "new.",
                "--target-suffix",
                ".copy",
                "--dry-run",
                "--output",
                "json",
                "--restore-id",
                "dry");

        assertThat(String.join("\n", dry.outputLines()))
                .startsWith("{")
                .contains("\"records\" : " + RECORDS)
                .contains("\"exact\" : true")
                .contains("\"target\" : \"new.orders.copy\"")
                .contains("\"targetState\" : \"to be created\"")
                .contains("\"topicId\" : \"" + second + "\"")
                .contains("\"estimatedSeconds\"")
                .doesNotContain("payments");
        assertThat(folder.resolve("backup/restores/dry")).doesNotExist();

        run(0, "restore", "--include", "pay.*", "--target-suffix", ".copy", "--restore-id", "payments");
        assertThat(judge.read("payments.copy").get(0)).hasSize(RECORDS);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aRangeInWhichThereIsNothingIsRestoredAsAnEmptyTopic() throws Exception {
        run(0, "restore", "--topic", "orders=nothing", "--from", "2030-01-01T00:00:00Z", "--restore-id", "nothing");

        assertThat(judge.read("nothing").values()).hasSize(2).allMatch(Map::isEmpty);
    }

    private void assertRestored(String target, Uuid id, BiPredicate<Integer, ProducedRecord> wanted) {
        ProducedLog expected = only(id, wanted);
        assertThat(expected.recordCount()).as("selected records").isBetween(1L, RECORDS - 1L);
        judge.assertHolds(expected, TOPIC, id, target);
        judge.assertOffsetMapLeads(
                folder.resolve("backup/restores").resolve(target).resolve("offset-map"), expected, TOPIC, id, target);
    }

    private ProducedLog only(Uuid id, BiPredicate<Integer, ProducedRecord> wanted) {
        return produced.select(
                (partition, record) -> partition.topicId().equals(id) && wanted.test(partition.partition(), record));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Compiles the class in the documentation against the distribution, as a user would. */
    private static Path jarOfTheDocumentedFilter() throws IOException {
        Path distribution = Path.of(System.getProperty("dist.dir")).toAbsolutePath();
        String documentation = Files.readString(distribution.resolve("../../../docs/selection.md"));
        Matcher code = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(documentation);
        assertThat(code.find()).isTrue();
        Path sources = Files.createDirectories(folder.resolve("filter/com/example"));
        Path source = Files.writeString(sources.resolve("WithoutTestOrders.java"), code.group(1));
        String classPath;
        try (Stream<Path> jars = Files.list(distribution.resolve("lib"))) {
            classPath = jars.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-proc:none", "-cp", classPath, source.toString()))
                .isZero();
        Path jar = folder.resolve("filters.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry("com/example/WithoutTestOrders.class"));
            entries.write(Files.readAllBytes(sources.resolve("WithoutTestOrders.class")));
            entries.closeEntry();
        }
        return jar;
    }

    private static KafkaBackupProcess run(int exitCode, String... arguments) throws InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                folder.resolve("backup").toString()));
        if (!arguments[0].equals("verify")) {
            all.addAll(List.of("--web-port", "0", "--checkpoint-interval", "1s"));
        }
        try (KafkaBackupProcess process = KafkaBackupProcess.start(folder, all)) {
            process.assertEndsWith(exitCode, PATIENCE);
            return process;
        }
    }
}
