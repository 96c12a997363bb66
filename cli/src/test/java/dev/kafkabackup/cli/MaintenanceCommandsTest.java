// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.retention.MaintenanceOutcome;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that tell maintenance what to do, and those that show what it did. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class MaintenanceCommandsTest {

    private static final String CLUSTER = "vPzAxR0cTHmqu5gJf3Yh2A";
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path root;

    private BackupStorage storage = StorageLocation.parse("unused").open();

    @BeforeEach
    void makeTheRoot() {
        storage = StorageLocation.parse(root.toString()).open();
        BackupRoot.openOrCreate(storage, CLUSTER, BEGIN);
    }

    @AfterEach
    void closeTheStorage() {
        storage.close();
    }

    private CommandRun run(String command) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(List.of("--storage", root.toString()));
        return CommandRun.of(arguments);
    }

    /** Its folder in the backup. */
    private Path topic(String name, TopicState state) throws IOException {
        TopicIncarnation topic = new TopicIncarnation(name, Uuid.randomUuid());
        new TopicMetadataStore(storage)
                .append(new TopicMetadata(name, topic.id(), CLUSTER, 1, 1, Map.of(), true, state, BEGIN, null));
        return Files.createDirectories(root.resolve(BackupLayout.partition(topic.partition(0))))
                .getParent();
    }

    @ParameterizedTest
    @CsvSource({
        "maintain, 2, --bootstrap-server",
        "maintain --bootstrap-server localhost:1 --retention-grace 1eon, 2, --retention-grace",
        "maintain --bootstrap-server localhost:1 --confirm-deletions-above 101, 2, --confirm-deletions-above",
        "maintain --bootstrap-server localhost:1 --output xml, 2, --output",
        "hold orders --topic-id no-id, 2, --topic-id",
        "hold payments, 2, Topic payments is not in the backup",
        "release orders, 1, orders is not held"
    })
    void whatCannotBeDoneIsSaidInOneLine(String command, int code, String words) throws IOException {
        topic("orders", TopicState.LIVE);

        CommandRun run = run(command);

        assertThat(run.exitCode()).isEqualTo(code);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors())
                .singleElement()
                .asString()
                .startsWith("kafka-backup: ")
                .contains(words);
    }

    @Test
    void deletionsAreConfirmedOnce() throws IOException {
        Path gone = topic("gone", TopicState.DELETED);
        topic("there", TopicState.LIVE);

        CommandRun dry = run("confirm-deletions --dry-run");
        assertThat(dry.output()).anyMatch(line -> line.startsWith("gone")).noneMatch(line -> line.startsWith("there"));
        assertThat(dry.errors()).containsExactly("1 deletions would be confirmed");
        assertThat(gone.resolve("retention")).doesNotExist();

        assertThat(run("confirm-deletions").errors()).containsExactly("1 deletions confirmed");
        assertThat(gone.resolve("retention/deletion-confirmed.json")).exists();
        assertThat(run("confirm-deletions").errors()).containsExactly("0 deletions confirmed");
    }

    @Test
    void describeShowsWhatMaintenanceRefusedAndWhatFailed() throws IOException {
        topic("orders", TopicState.LIVE);
        new MaintenanceOutcome(
                        BEGIN, List.of("nothing is removed: the clocks disagree"), List.of("topic orders: damaged"))
                .write(storage);

        assertThat(run("describe orders").output())
                .contains(
                        "Maintenance at 2026-01-01T00:00:00Z: nothing is removed: the clocks disagree",
                        "Maintenance at 2026-01-01T00:00:00Z: topic orders: damaged");
        assertThat(String.join("\n", run("describe orders --output json").output()))
                .contains("\"refusals\" : [ \"nothing is removed: the clocks disagree\" ]");
    }

    @Test
    void describeShowsWhereTombstonesMayBeMissing() throws IOException {
        Path retention = Files.createDirectories(topic("late", TopicState.LIVE).resolve("retention"));
        Files.writeString(retention.resolve("reading-1772323200000-0000002a.json"), """
                {"formatVersion": 1, "partitions": {"0": {"logEnds": {"points": []}, "judgedUpTo": 30, "late": [
                  {"offsets": {"startOffset": 20, "endOffset": 30},
                   "unreadSince": "2026-03-01T00:00:00Z", "unreadUntil": "2026-03-03T00:00:00Z"}]}}}
                """);

        assertThat(run("describe late").output())
                .anyMatch(line ->
                        line.contains("read late") && line.contains("partition 0") && line.contains("[20, 30)"));
    }
}
