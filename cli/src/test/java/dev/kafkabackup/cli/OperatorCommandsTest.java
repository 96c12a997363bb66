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
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
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
import picocli.CommandLine;

/**
 * Arguments that make no sense are refused in one line by every command, and what the commands that look into a backup
 * show. What may be wrong with a backup is in {@link CommandMatrixIT}.
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
        "groups --from 2026-03-01T12:00:00Z, --history",
        "groups --history --as-of 2026-03-01T12:00:00Z, --as-of",
        "groups translate, --restore-id",
        "groups translate --restore-id x --as-of yesterday, yesterday",
        "maintain, --bootstrap-server",
        "maintain --bootstrap-server localhost:1 --retention-grace soon, --retention-grace",
        "backup --bootstrap-server localhost:1, --include",
        "backup --bootstrap-server localhost:1 --include a(b, --include",
        "restore --bootstrap-server localhost:1 --topic orders --from yesterday, yesterday",
        "restore --topic orders, --bootstrap-server",
        "demo --port many, --port",
        "help nothing, nothing",
    })
    void aBadArgumentIsSaidInOneLine(String command, String word) {
        assertThat(run(command)).isEqualTo(2);
        assertOneLine(word);
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
    void catTakesTheIncarnationThatItIsTold() throws IOException {
        TopicIncarnation newer = new TopicIncarnation("orders", Uuid.fromString("ncRZJmUMR1qZ3Xog-H4d3Q"));
        try (BackupStorage storage = emptyBackup()) {
            publish(storage, 0, 3, "");
            new TopicMetadataStore(storage).append(metadata(Map.of(), BEGIN));
            new TopicMetadataStore(storage)
                    .append(new TopicMetadata(
                            newer.name(),
                            newer.id(),
                            CLUSTER,
                            1,
                            1,
                            Map.of(),
                            true,
                            TopicState.LIVE,
                            BEGIN.plusSeconds(1),
                            null));
        }

        assertThat(run("cat orders")).isZero();
        assertThat(output).as("the newer one is empty").isEmpty();
        assertThat(run("cat orders --topic-id " + ORDERS.id())).isZero();
        assertThat(output).hasSize(3);
        assertThat(run("cat orders --topic-id AAAAAAAAAAAAAAAAAAAAAQ")).isEqualTo(2);
        assertOneLine("AAAAAAAAAAAAAAAAAAAAAQ");
    }

    @Test
    void catEndsWhenNobodyReadsAnyMore() throws IOException {
        List<Path> segments = backup();
        // all that is left unread would fail
        Files.write(segments.get(2), new byte[(int) Files.size(segments.get(2))]);
        PrintStream out = System.out;
        System.setOut(new PrintStream(new ClosedPipe(), true, StandardCharsets.UTF_8));
        int exitCode;
        try {
            exitCode = KafkaBackup.commandLine().execute("cat", "orders", "--storage", root.toString());
        } finally {
            System.setOut(out);
        }
        assertThat(exitCode).isZero();
    }

    /** As left behind by {@code head}. */
    private static final class ClosedPipe extends OutputStream {

        @Override
        public void write(int octet) throws IOException {
            throw new IOException("Broken pipe");
        }
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

        assertThat(run("describe orders")).isEqualTo(1);
        assertThat(errors).singleElement().asString().contains("nothing covers offsets [10, 20)");
        assertThat(String.join("\n", output))
                .contains("deleted, proven at 2026-01-01T00:02:00Z")
                .contains("first seen     2026-01-01T00:00:00Z")
                .contains("retention.ms: 1 -> 2")
                .contains("records        20, from 2023-11-14T22:13:20Z to 2023-11-14T22:13:20.029Z")
                .contains("2026-01-31T00:02:00Z at the earliest")
                .contains("incident")
                .contains("[10, 20)");
        assertThat(run("describe orders --output json")).isEqualTo(1);
        assertThat(String.join("\n", output))
                .contains(
                        "\"state\" : \"deleted\"",
                        "\"gaps\" : [",
                        "\"missing\" : [",
                        "\"configChanges\" : [",
                        "\"compressionRatio\"");
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

    /** Runs a command on the root in this process; completion and version need none. */
    private int run(String command) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        if (!command.matches("(completion|--version|demo|help).*")) {
            arguments.add("--storage");
            arguments.add(root.toString());
        }
        CommandRun run = CommandRun.of(String.join(" ", arguments));
        output = run.output();
        errors = run.errors();
        return run.exitCode();
    }
}
