// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * Every command that looks into a backup, with everything that may be wrong: one clear line, and the right exit code.
 */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class OperatorCommandsTest {

    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
    private static final String CLUSTER = "vPzAxR0cTHmqu5gJf3Yh2A";
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private Path root;
    private List<String> output = List.of();
    private List<String> errors = List.of();

    @BeforeEach
    void nameTheRoot() {
        root = folder.resolve("backup");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topics",
                "describe orders",
                "verify",
                "verify --deep",
                "cat orders",
                "groups",
                "hold orders",
                "release orders",
                "confirm-deletions",
                "groups translate --restore-id x"
            })
    void aMissingRootAndOneOfANewerFormatAreSaidInOneLine(String command) throws IOException {
        assertThat(run(command)).isEqualTo(1);
        assertOneLine("There is no backup in");

        Files.createDirectories(root);
        Files.writeString(
                root.resolve("backup.json"),
                "{\"formatVersion\": 99, \"clusterId\": \"x\", \"createdAt\": \"2026-01-01T00:00:00Z\"}");
        assertThat(run(command)).isEqualTo(3);
        assertOneLine("format version 99");
    }

    @ParameterizedTest
    @CsvSource({
        "topics --output yaml, yaml",
        "describe, TOPIC",
        "describe orders --retention-grace soon, --retention-grace",
        "verify --parallelism 0, --parallelism",
        "verify --live, --bootstrap-server",
        "verify --restore-id x, --bootstrap-server",
        "cat, TOPIC",
        "cat orders --from yesterday, yesterday",
        "cat orders --partitions 2-x, 2-x",
        "cat orders --where colour=red, colour=red",
        "cat orders --limit 0, --limit",
        "groups --as-of yesterday, yesterday",
        "hold, TOPIC",
        "release, TOPIC",
        "confirm-deletions --colour red, --colour",
        "completion --colour red, --colour",
    })
    void aBadArgumentIsSaidInOneLine(String command, String word) {
        assertThat(run(command)).isEqualTo(2);
        assertOneLine(word);
    }

    @ParameterizedTest
    @CsvSource({"topics, 0", "verify, 0", "verify --deep, 0", "groups, 0", "confirm-deletions, 0"})
    void anEmptyBackupIsNoError(String command, int code) {
        emptyBackup().close();

        assertThat(run(command)).isEqualTo(code);
        assertThat(errors).hasSizeLessThanOrEqualTo(1);
        assertThat(output).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"describe orders, 2", "cat orders, 2", "verify --topic orders, 2", "hold orders, 1"})
    void aTopicThatIsNotThereIsSaidInOneLine(String command, int code) {
        emptyBackup().close();

        assertThat(run(command)).isEqualTo(code);
        assertOneLine("orders");
    }

    @ParameterizedTest
    @ValueSource(strings = {"topics", "describe orders", "verify", "verify --deep", "cat orders"})
    void foreignFilesHideNothing(String command) throws IOException {
        backup();
        Files.writeString(root.resolve("notes.txt"), "notes");
        Files.writeString(partition().resolve("notes.txt"), "notes");
        Files.createDirectories(root.resolve("topics/notes"));
        Files.writeString(root.resolve("topics/topic=orders/notes.txt"), "notes");

        assertThat(run(command)).isZero();
        assertThat(String.join("\n", output)).contains(command.startsWith("cat") ? "value 29" : "30");
    }

    @ParameterizedTest
    @CsvSource({
        "topics, 0",
        "describe orders, 0",
        "verify, 0",
        "verify --deep, 1",
        "cat orders, 1",
        "verify --output json --deep, 1"
    })
    void oneDamagedSegmentHidesNoOther(String command, int code) throws IOException {
        List<Path> segments = backup();
        byte[] flipped = Files.readAllBytes(segments.get(1));
        flipped[40] ^= 1;
        Files.write(segments.get(1), flipped);

        assertThat(run(command)).isEqualTo(code);
        if (code == 1 && !command.contains("json")) {
            assertThat(errors)
                    .anyMatch(
                            line -> line.contains(segments.get(1).getFileName().toString()));
        }
        if (command.startsWith("cat")) {
            assertThat(output).hasSize(20).last().asString().contains("value 29");
        } else {
            assertThat(String.join("\n", output)).contains("30");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"topics", "describe orders", "verify"})
    void aTruncatedSegmentIsNamedWithoutBeingRead(String command) throws IOException {
        List<Path> segments = backup();
        Files.write(segments.get(1), new byte[5]);

        assertThat(run(command)).isEqualTo(1);
        assertThat(errors)
                .anyMatch(line -> line.contains(segments.get(1).getFileName().toString()));
        assertThat(String.join("\n", output)).contains("20");
    }

    @ParameterizedTest
    @CsvSource({
        "cat orders --from-offset 5 --to-offset 8, 5 6 7",
        "cat orders --from 1700000000028 --to 1700000000030, 28 29",
        "cat orders --where key=k7, 7",
        "cat orders --where header:n~1., 10 11 12 13 14 15 16 17 18 19",
        "cat orders --limit 2, 0 1",
        "cat orders --partitions 1, ''",
    })
    void catPrintsWhatIsWanted(String command, String offsets) throws IOException {
        List<Path> segments = backup();
        if (command.contains("--from-offset") || command.contains("--limit")) {
            // what cannot hold a wanted record is not even opened
            Files.write(segments.get(2), new byte[(int) Files.size(segments.get(2))]);
        }

        assertThat(run(command)).isZero();
        assertThat(output.stream().map(line -> line.split("\t", -1)[1]).toList())
                .containsExactlyElementsOf(offsets.isEmpty() ? List.of() : List.of(offsets.split(" ")));
    }

    @Test
    void aRecordIsPrintedOnOneLineWhateverIsInIt() throws IOException {
        try (BackupStorage storage = emptyBackup()) {
            publish(storage, 0, 1, "a\tb\n\u001b[1m");
        }
        run("cat orders");
        assertThat(output).containsExactly("0\t0\t1700000000000\tk0\ta\\u0009b\\u000a\\u001b[1m\tn=0");
        run("cat orders --format hex");
        assertThat(output).containsExactly("0\t0\t1700000000000\t6b30\t6109620a1b5b316d\tn=30");
        run("cat orders --format json");
        assertThat(output).singleElement().asString().contains("\"offset\":0", "\"value\":\"YQliChtbMW0=\"");
    }

    @Test
    void describeTellsTheLifeOfATopic() throws IOException {
        List<Path> segments = backup();
        try (BackupStorage storage = StorageLocation.parse(root.toString()).open()) {
            new TopicMetadataStore(storage).append(metadata(Map.of("retention.ms", "2"), BEGIN.plusSeconds(60)));
            new TopicMetadataStore(storage)
                    .append(metadata(Map.of("retention.ms", "2"), BEGIN.plusSeconds(90))
                            .deleted(BEGIN.plusSeconds(120)));
        }
        assertThat(run("hold orders --reason incident")).isZero();
        Files.delete(segments.get(1));

        assertThat(run("describe orders")).isZero();
        assertThat(String.join("\n", output))
                .contains("deleted, proven at 2026-01-01T00:02:00Z")
                .contains("first seen     2026-01-01T00:00:00Z")
                .contains("retention.ms: 1 -> 2")
                .contains("2026-01-31T00:02:00Z at the earliest")
                .contains("incident")
                .contains("[10, 20)");
        assertThat(run("describe orders --output json")).isZero();
        assertThat(String.join("\n", output))
                .contains("\"state\" : \"deleted\"", "\"gaps\" : [", "\"configChanges\" : [", "\"compressionRatio\"");
    }

    @Test
    void everyCommandHasAnExample() {
        assertThat(examples(KafkaBackup.commandLine())).isEmpty();
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
        assertThat(run("completion")).isZero();
        assertThat(String.join("\n", output)).contains("describe", "--bootstrap-server", "verify", "--heal");
        assertThat(run("--version")).isZero();
        assertThat(output).singleElement().asString().startsWith("kafka-backup ");
    }

    private static List<String> examples(CommandLine command) {
        List<String> without = new ArrayList<>();
        command.getSubcommands().forEach((name, subcommand) -> {
            String footer =
                    String.join("\n", subcommand.getCommandSpec().usageMessage().footer());
            if (!name.equals("help")
                    && !footer.contains(
                            "kafka-backup " + subcommand.getCommandSpec().name())
                    && !footer.contains("kafka-backup groups " + name)) {
                without.add(name);
            }
            without.addAll(examples(subcommand));
        });
        return without;
    }

    private void assertOneLine(String words) {
        assertThat(output).isEmpty();
        assertThat(errors)
                .singleElement()
                .asString()
                .startsWith("kafka-backup: ")
                .contains(words);
    }

    private BackupStorage emptyBackup() {
        BackupStorage storage = StorageLocation.parse(root.toString()).open();
        BackupRoot.openOrCreate(storage, CLUSTER, BEGIN);
        return storage;
    }

    private static TopicMetadata metadata(Map<String, String> configs, Instant at) {
        return new TopicMetadata(ORDERS.name(), ORDERS.id(), CLUSTER, 1, 1, configs, true, TopicState.LIVE, at, null);
    }

    /** Three segments of ten records each. */
    private List<Path> backup() throws IOException {
        List<Path> segments = new ArrayList<>();
        try (BackupStorage storage = emptyBackup()) {
            new TopicMetadataStore(storage).append(metadata(Map.of("retention.ms", "1"), BEGIN));
            for (int start = 0; start < 30; start += 10) {
                segments.add(root.resolve(publish(storage, start, start + 10, "")));
            }
        }
        return segments;
    }

    private static String publish(BackupStorage storage, long start, long end, String value) throws IOException {
        SegmentWriter writer = new SegmentWriter(CLUSTER, ORDERS.partition(0), start, 3);
        for (long offset = start; offset < end; offset++) {
            RecordHeaders headers = new RecordHeaders();
            headers.add("n", Long.toString(offset).getBytes(StandardCharsets.UTF_8));
            writer.append(new SegmentRecord(
                    offset,
                    1_700_000_000_000L + offset,
                    TimestampType.CREATE_TIME,
                    0,
                    ("k" + offset).getBytes(StandardCharsets.UTF_8),
                    (value.isEmpty() ? "value " + offset : value).getBytes(StandardCharsets.UTF_8),
                    headers));
        }
        EncodedSegment segment = writer.seal();
        String path = BackupLayout.segment(ORDERS.partition(0), segment.name());
        storage.publish(path, segment);
        return path;
    }

    private Path partition() {
        return root.resolve(BackupLayout.partition(ORDERS.partition(0)));
    }

    /** Runs a command on the root in this process; completion and version need none. */
    private int run(String command) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        if (!command.startsWith("completion") && !command.startsWith("--version")) {
            arguments.add("--storage");
            arguments.add(root.toString());
        }
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream noted = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(noted, true, StandardCharsets.UTF_8));
        try {
            CommandLine commandLine = KafkaBackup.commandLine();
            commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
            return commandLine.execute(arguments.toArray(String[]::new));
        } finally {
            System.setOut(out);
            System.setErr(err);
            output = printed.toString(StandardCharsets.UTF_8).lines().toList();
            errors = noted.toString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.contains(" WARN ")) // the log of Flink, which is not configured in tests
                    .toList();
        }
    }
}
