// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command that has to do with a backup, on everything that may be wrong with the backup: one clear line, the good
 * rest still shown, the right exit code. Bad arguments are in {@link OperatorCommandsTest}.
 */
@Timeout(120)
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class CommandMatrixIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    /** Exit codes; those with an L take long, and are tried in the long run only. */
    private static final String MATRIX = """
            command                                | MISSING | NEWER | EMPTY | FOREIGN | FLIPPED | TRUNCATED | SMALL
            topics                                 | 1       | 3     | 0     | 0       | 0       | 1         | 1
            topics --bootstrap-server B            | 1       | 3     | 0     | 0       | 0       | 1         | 1
            describe orders                        | 1       | 3     | 2     | 0       | 0       | 1         | 1
            describe orders --bootstrap-server B   | 1       | 3     | 2     | 0       | 0       | 1         | 1
            verify                                 | 1       | 3     | 0     | 0       | 0       | 1         | 1
            verify --deep                          | 1       | 3     | 0     | 0       | 1       | 1         | 1
            verify --topic orders --live --bootstrap-server B | 1       | 3     | 2     | 0       | 1       | 1         | 1
            verify --heal --bootstrap-server B     | 1       | 3     | 0     | 0       | 0       | 0         | 0
            verify --restore-id R --bootstrap-server B | 1   | 3     | 1     | 0       | 1       | 1         | 0
            cat orders                             | 1       | 3     | 2     | 0       | 1       | 1         | 0
            groups                                 | 1       | 3     | 0     | 0       | 0       | 0         | 1
            groups --history                       | 1       | 3     | 0     | 0       | 0       | 0         | 1
            groups translate --restore-id R        | 1       | 3     | 1     | 0       | 0       | 0         | 1
            hold orders                            | 1       | 3     | 2     | 0       | 0       | 0         | 0
            release orders                         | 1       | 3     | 1     | 0       | 0       | 0         | 0
            confirm-deletions                      | 1       | 3     | 0     | 0       | 0       | 0         | 0
            maintain --bootstrap-server B          | 1       | 3     | 0     | 0       | 0       | 0         | 0
            restore --topic orders=N --bootstrap-server B --dry-run | 1 | 3 | 2  | 0 | 0         | 1         | 0
            restore --topic orders=N --bootstrap-server B           | 1 | 3 | 2  | 0L | 1        | 1         | 0L
            backup --include orders --once --bootstrap-server B     | 0L | 3 | 0L | 0L | 0L      | 0         | 0L
            """;

    private static final String RESTORE_ID = "r1";

    /** A whole backup of what Kafka has, and a finished restore. */
    @TempDir
    private static Path whole;

    private static TopicIncarnation orders;

    @TempDir
    private Path folder;

    @BeforeAll
    static void backUpAndRestore() throws Exception {
        orders = new TopicIncarnation("orders", BROKER.createTopic("orders", 1));
        SmallBackup.produce(BROKER.bootstrapServers());
        SmallBackup.write(whole.resolve("backup"), BROKER.clusterId(), orders);
        CommandRun restore = run("restore --topic orders=copy --bootstrap-server B --restore-id R", whole);
        assertThat(restore.exitCode()).as("%s", restore).isZero();
    }

    static Stream<Arguments> cells() {
        List<String> lines = MATRIX.lines().toList();
        List<String> conditions = row(lines.get(0));
        List<Arguments> cells = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> row = row(line);
            for (int column = 1; column < row.size(); column++) {
                cells.add(Arguments.of(row.get(0), Condition.valueOf(conditions.get(column)), row.get(column)));
            }
        }
        return cells.stream();
    }

    private static List<String> row(String line) {
        return Arrays.stream(line.split("\\|")).map(String::strip).toList();
    }

    static Stream<Arguments> quickCells() {
        return cells().filter(cell -> !cell.get()[2].toString().endsWith("L"));
    }

    static Stream<Arguments> longCells() {
        return cells().filter(cell -> cell.get()[2].toString().endsWith("L"));
    }

    @ParameterizedTest(name = "{0}: {1}: {2}")
    @MethodSource("quickCells")
    void whateverIsWrongWithABackupIsSaidAndHidesNothing(String command, Condition condition, String cell)
            throws Exception {
        check(command, condition, Integer.parseInt(cell));
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}: {1}: {2}")
    @MethodSource("longCells")
    void whateverIsWrongWithABackupIsSaidAndHidesNothingInJobsEither(String command, Condition condition, String cell)
            throws Exception {
        check(command, condition, Integer.parseInt(cell.replace("L", "")));
    }

    @Test
    void describeShowsConfigsThenAndNow() throws Exception {
        copy(whole, folder);
        new SmallBackup(folder.resolve("backup"), orders).addConfig("retention.ms", "1");

        CommandRun run = run("describe orders --bootstrap-server B", folder);

        assertThat(run.text())
                .as("%s", run)
                .contains("configs        {retention.ms=1}", "configs now    none of its own");
    }

    @Test
    void thePlanIsATableOrJson() throws Exception {
        copy(whole, folder);
        new SmallBackup(folder.resolve("backup"), orders).removeSegment(1);
        String dryRun = "restore --topic orders=new --bootstrap-server B --dry-run";

        CommandRun table = run(dryRun, folder);
        assertThat(table.exitCode()).as("%s", table).isZero();
        assertThat(table.output())
                .element(0)
                .asString()
                .matches("TOPIC +TOPIC ID +PARTITION +RECORDS +BYTES +SEGMENTS +OFFSETS +TIMESTAMPS +GAPS +TARGET"
                        + " +TARGET STATE");
        assertThat(table.output())
                .element(1)
                .asString()
                .matches("orders +%s +0 +20 +\\d+ +2 +\\[0, 30\\) +%s - %s +\\[10, 20\\) +new +to be created"
                        .formatted(orders.id(), "2023-11-14T22:13:20Z", "2023-11-14T22:13:20.029Z"));
        assertThat(table.errors())
                .anyMatch(line -> line.matches("20 records from .* to .*, \\d+ bytes in 2 segments; about \\d+ s"))
                .last()
                .isEqualTo("Dry run: nothing was written");

        JsonNode json = new ObjectMapper()
                .readTree(run(dryRun + " --output json", folder).text());
        assertThat(json.at("/records").asLong()).isEqualTo(20);
        assertThat(json.at("/exact").asBoolean()).isTrue();
        assertThat(json.at("/segments").asLong()).isEqualTo(2);
        assertThat(json.at("/bytes").asLong()).isPositive();
        assertThat(json.at("/estimatedSeconds").asLong()).isPositive();
        JsonNode partition = json.at("/partitions/0");
        assertThat(partition.at("/topicId").asText()).isEqualTo(orders.id().toString());
        assertThat(partition.at("/startOffset").asLong()).isZero();
        assertThat(partition.at("/endOffset").asLong()).isEqualTo(30);
        assertThat(partition.at("/minTimestamp").asText()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(partition.at("/gaps/0/startOffset").asLong()).isEqualTo(10);
        assertThat(partition.at("/gaps/0/endOffset").asLong()).isEqualTo(20);
        assertThat(partition.at("/targetState").asText()).isEqualTo("to be created");
        assertThat(folder.resolve("backup/restores")).isDirectoryNotContaining(file -> !file.endsWith(RESTORE_ID));
    }

    @Test
    void thePlanNamesTheIncarnationThatItLeavesOutAndTheOptionThatRestoresIt() throws Exception {
        copy(whole, folder);
        TopicIncarnation newer = new TopicIncarnation("orders", Uuid.randomUuid());
        SmallBackup.write(folder.resolve("backup"), BROKER.clusterId(), newer);
        String dryRun = "restore --topic orders=new --bootstrap-server B --dry-run";

        CommandRun table = run(dryRun, folder);
        assertThat(table.output()).element(1).asString().contains(newer.id().toString());
        assertThat(table.errors())
                .as("%s", table)
                .anyMatch(line -> line.matches(
                        "Left out of orders: 30 records from 2023-11-14T22:13:20Z to 2023-11-14T22:13:20.029Z of incarnation %1$s, first seen \\S+, because a newer one has records; --topic-id %1$s restores it instead, --topic-id all restores all"
                                .formatted(orders.id())));

        JsonNode leftOut = new ObjectMapper()
                .readTree(run(dryRun + " --output json", folder).text())
                .at("/leftOut");
        assertThat(leftOut).hasSize(1);
        assertThat(leftOut.at("/0/topicId").asText()).isEqualTo(orders.id().toString());
        assertThat(leftOut.at("/0/records").asLong()).isEqualTo(30);
        assertThat(leftOut.at("/0/maxTimestamp").asText()).isEqualTo("2023-11-14T22:13:20.029Z");

        new SmallBackup(folder.resolve("backup"), newer).addOrigin(BROKER.clusterId(), orders.id());
        assertThat(run(dryRun + " --topic-id all", folder).errors())
                .anyMatch(line -> line.endsWith("because %s was restored from it; --topic-id %s restores it instead"
                        .formatted(newer.id(), orders.id())));
    }

    @Test
    void topicsAndDescribeTellTheLagWhatIsThereTwiceAndWhereATopicCameFrom() throws Exception {
        copy(whole, folder);
        SmallBackup backup = new SmallBackup(folder.resolve("backup"), orders);
        Uuid origin = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
        Uuid anotherOrigin = Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A");
        backup.removeLastSegment();
        backup.addSegment(BROKER.clusterId(), 5);
        backup.addOrigin(BROKER.clusterId(), origin);
        backup.addOrigin(BROKER.clusterId(), anotherOrigin);

        CommandRun topics = run("topics --bootstrap-server B --output json", folder);
        assertThat(topics.exitCode()).as("%s", topics).isZero();
        assertThat(topics.text()).as("%s", topics).contains("\"durableLag\" : 10", "\"overlaps\" : 1");
        CommandRun table = run("topics --bootstrap-server B", folder);
        assertThat(table.output()).first().asString().endsWith("LAG");
        assertThat(table.output()).anyMatch(line -> line.startsWith("orders ") && line.endsWith(" 10"));
        assertThat(run("topics", folder).text()).doesNotContain("LAG");
        CommandRun describe = run("describe orders --bootstrap-server B", folder);
        assertThat(describe.exitCode()).as("%s", describe).isZero();
        assertThat(describe.text())
                .as("%s", describe)
                .contains("[5, 15)")
                .containsPattern("restored from +(%1$s and %2$s|%2$s and %1$s)\\R".formatted(origin, anotherOrigin))
                .containsPattern("(?m) 10$");
    }

    @Test
    void theComparisonOfARestoreIsPrintedAsJson() throws Exception {
        copy(whole, folder);

        CommandRun run = run("verify --restore-id R --bootstrap-server B --output json", folder);

        assertThat(run.exitCode()).as("%s", run).isZero();
        assertThat(run.text())
                .as("%s", run)
                .startsWith("{")
                .contains("\"ok\" : true", "\"target\" : \"copy\"", "\"equalRecords\" : 30", "\"result\" : \"ok\"");
    }

    @ParameterizedTest
    @CsvSource({"copy, 3, holds offsets 0 to", "copy-that-is-missing, 0, to be created"})
    void aDryRunOnATerminalOf80ColumnsIsReadToItsEnd(String target, int exitCode, String targetState) throws Exception {
        copy(whole, folder);
        System.setProperty("kafka-backup.columns", "80");
        CommandRun run;
        try {
            run = run("restore --topic orders=" + target + " --bootstrap-server B --dry-run", folder);
        } finally {
            System.clearProperty("kafka-backup.columns");
        }

        assertThat(run.exitCode()).as("%s", run).isEqualTo(exitCode);
        assertThat(run.output())
                .as("%s", run)
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(line).hasSizeLessThanOrEqualTo(80).doesNotContain("…"));
        assertThat(run.text())
                .as("%s", run)
                .contains(orders.id().toString(), "[0, 30)", "2023-11-14T22:13:20.029Z", target, targetState);
    }

    private void check(String command, Condition condition, int exitCode) throws Exception {
        copy(whole, folder);
        SmallBackup backup = new SmallBackup(folder.resolve("backup"), orders);
        if (command.startsWith("release")) {
            run("hold orders", folder);
        }
        condition.prepare(backup);

        CommandRun run = run(command.replace("=N", "=copy-" + folder.getFileName()), folder);

        assertThat(run.exitCode()).as("%s", run).isEqualTo(exitCode);
        List<String> errors = run.errors().stream()
                .filter(line -> line.startsWith("kafka-backup: "))
                .toList();
        if (exitCode == 0) {
            assertThat(errors)
                    .as("%s", run)
                    .allMatch(line -> condition == Condition.FOREIGN && line.contains(": FOREIGN: "));
        } else {
            assertThat(errors).as("%s", run).anyMatch(line -> condition.isNamedIn(line, backup));
            if (condition.endsEverything()) {
                assertThat(errors).as("%s", run).hasSize(1);
                assertThat(run.output()).as("%s", run).isEmpty();
            }
        }
        if (!condition.endsEverything()) {
            assertShowsTheRest(command, condition, run);
        }
        if (condition == Condition.FOREIGN) {
            assertThat(backup.foreignFiles())
                    .as("foreign files")
                    .allSatisfy(file -> assertThat(file).hasContent(SmallBackup.FOREIGN));
        }
    }

    /** The thirty records, or those that are left, and what else the command is about. */
    private static void assertShowsTheRest(String command, Condition condition, CommandRun run) {
        boolean damaged = condition == Condition.FLIPPED || condition == Condition.TRUNCATED;
        switch (command.substring(0, Math.max(command.indexOf(' '), 0))) {
            case "cat" -> {
                assertThat(run.output()).as("%s", run).hasSize(damaged ? 20 : 30);
                assertThat(run.text()).contains("value 0", "value 29");
            }
            case "describe", "verify" -> {
                if (!command.contains("--restore-id")) {
                    String records = condition == Condition.TRUNCATED && !command.contains("--heal") ? "20" : "30";
                    assertThat(run.text()).as("%s", run).containsPattern("\\b" + records + "\\b");
                }
            }
            case "groups" -> {
                if (run.exitCode() == 0 || !command.contains("translate")) {
                    assertThat(run.text()).as("%s", run).contains("billing", "17");
                }
            }
            default -> {
                if (command.startsWith("topics")) {
                    assertThat(run.text()).as("%s", run).contains(orders.id().toString());
                }
            }
        }
    }

    private static CommandRun run(String command, Path folder) {
        return CommandRun.of(command.replace("--bootstrap-server B", "--bootstrap-server " + BROKER.bootstrapServers())
                        .replace("--restore-id R", "--restore-id " + RESTORE_ID)
                + " --storage "
                + folder.resolve("backup"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    /** What may be wrong with a backup. */
    @SuppressWarnings("ImmutableEnumChecker") // the lambdas hold nothing
    enum Condition {
        MISSING("There is no backup in", SmallBackup::remove),
        NEWER("format version 99", SmallBackup::makeNewer),
        EMPTY("is not in the backup", SmallBackup::makeEmpty),
        FOREIGN("", SmallBackup::addForeignFiles),
        FLIPPED("partition=00000", backup -> backup.flip(1)),
        TRUNCATED("partition=00000", backup -> backup.truncate(1)),
        /** One of several states of a topic, one of several group snapshots, and a part of an offset map. */
        SMALL("is not the expected JSON", SmallBackup::breakSmallObjects);

        private interface Preparation {
            void of(SmallBackup backup) throws IOException;
        }

        private final String words;
        private final Preparation preparation;

        Condition(String words, Preparation preparation) {
            this.words = words;
            this.preparation = preparation;
        }

        void prepare(SmallBackup backup) throws IOException {
            preparation.of(backup);
        }

        private boolean ofASegment() {
            return this == FLIPPED || this == TRUNCATED;
        }

        boolean endsEverything() {
            return this == MISSING || this == NEWER || this == EMPTY;
        }

        boolean isNamedIn(String line, SmallBackup backup) {
            return this == EMPTY
                    ? line.contains("orders") || line.contains(RESTORE_ID)
                    : line.contains(words)
                            && (!ofASegment() || line.contains(backup.damagedName()) || line.contains("[10, 20)"));
        }
    }
}
