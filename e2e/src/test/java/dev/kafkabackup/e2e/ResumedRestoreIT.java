// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A restore that was killed or frozen goes on under its id, when nothing but the backup and the broker is left. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one backup serves all tests
class ResumedRestoreIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 300_000;
    private static final int REFUSED = 3;
    private static final int KILLS = 5;

    private final ProducedLog produced = new ProducedLog();
    private final RandomRecords records = RandomRecords.small();
    private Uuid topicId;
    private TargetJudge judge;

    @TempDir
    private static Path folder;

    @BeforeAll
    void backUp() throws Exception {
        judge = new TargetJudge(BROKER.bootstrapServers());
        topicId = BROKER.createTopic(TOPIC, PARTITIONS);
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(records.next(TOPIC, i % PARTITIONS));
            }
        }
        try (KafkaBackupProcess backup = start("backup", "--include", TOPIC, "--web-port", "0", "--once")) {
            backup.assertEndsWith(0, PATIENCE);
        }
    }

    @Test
    void killedBetweenTheCommitAndTheWritingOfItsMapItGoesOnWithNothingButItsId() throws Exception {
        Path results = root().resolve("restores/killed");
        // a file where the folder of the map should be: the restore commits, and waits for ever for its map
        Files.createDirectories(results);
        Files.createFile(results.resolve("offset-map"));
        try (KafkaBackupProcess restore = startRestore("killed", "orders.killed")) {
            awaitCommitted(restore, "orders.killed", 0);
            restore.kill();
        }
        assertThat(results.resolve("plan.json")).exists();
        Files.delete(results.resolve("offset-map"));
        forgetFlinkState();

        try (KafkaBackupProcess restore = resume("killed")) {
            restore.assertEndsWith(0, PATIENCE);
            assertThat(restore.errorLines())
                    .as("%s", restore)
                    .anyMatch(line -> line.startsWith("Restore killed was begun at "))
                    .anyMatch(line -> line.matches("The target holds [1-9]\\d* records, of 300000 at most.*"));
        }
        assertRestored("killed", "orders.killed");

        try (KafkaBackupProcess verify = start("verify", "--restore-id", "killed")) {
            verify.assertEndsWith(0, PATIENCE);
            assertThat(verify.outputLines())
                    .as("%s", verify)
                    .hasSize(1 + PARTITIONS)
                    .filteredOn(line -> line.endsWith(" ok"))
                    .hasSize(PARTITIONS);
        }
        try (KafkaBackupProcess again = resume("killed")) {
            again.assertEndsWith(0, PATIENCE);
            assertThat(again.errorLines())
                    .as("%s", again)
                    .anyMatch(line -> line.matches("Restore killed was finished at .*: there is nothing to do"));
        }
        assertRestored("killed", "orders.killed");
    }

    @Test
    void frozenAndThawedAfterAnotherHasFinishedItAddsNothing() throws Exception {
        try (KafkaBackupProcess frozen = startRestore("frozen", "orders.frozen")) {
            awaitCommitted(frozen, "orders.frozen", 0);
            frozen.freeze();
            assertThat(committed("orders.frozen"))
                    .as("end offsets at the freeze")
                    .isLessThan(RECORDS);

            try (KafkaBackupProcess other = resume("frozen")) {
                other.assertEndsWith(0, PATIENCE);
            }
            assertRestored("frozen", "orders.frozen");

            frozen.thaw();
            frozen.assertEndsWith(REFUSED, PATIENCE);
            assertThat(frozen.errorLines())
                    .as("%s", frozen)
                    .last()
                    .asString()
                    .startsWith("kafka-backup: Restore frozen was started again meanwhile (attempt 2-");
        }
        assertRestored("frozen", "orders.frozen");
    }

    @Test
    void verifyNamesTheFirstDifference() throws Exception {
        try (KafkaBackupProcess restore = startRestore("cut", "orders.cut")) {
            restore.assertEndsWith(0, PATIENCE);
        }
        BROKER.deleteTopic("orders.cut");
        BROKER.createTopic("orders.cut", PARTITIONS);

        try (KafkaBackupProcess verify = start("verify", "--restore-id", "cut")) {
            verify.assertEndsWith(1, PATIENCE);
            assertThat(verify.errorLines())
                    .as("%s", verify)
                    .contains(
                            "First difference in partition 1 of orders.cut, source offset 0 of orders (%s): the record is not in the target"
                                    .formatted(topicId));
        }
    }

    @Test
    @Tag("long")
    void killedAgainAndAgainAtAnyMomentItEndsWithEachRecordOnce() throws Exception {
        SplittableRandom moments = new SplittableRandom(records.seed());
        try (KafkaBackupProcess first = startRestore("often", "orders.often")) {
            awaitCommitted(first, "orders.often", 0);
            first.kill();
        }
        for (int kill = 2; kill <= KILLS; kill++) {
            forgetFlinkState();
            try (KafkaBackupProcess restore = resume("often")) {
                awaitCommitted(
                        restore, "orders.often", committed("orders.often") + moments.nextInt(RECORDS / (2 * KILLS)));
                restore.kill();
            }
        }
        forgetFlinkState();
        try (KafkaBackupProcess restore = resume("often")) {
            restore.assertEndsWith(0, PATIENCE);
        }
        assertRestored("often", "orders.often");
    }

    private void assertRestored(String restoreId, String target) {
        judge.assertHolds(produced, TOPIC, topicId, target);
        Path results = root().resolve("restores").resolve(restoreId);
        judge.assertOffsetMapLeads(results.resolve("offset-map"), produced, TOPIC, topicId, target);
        assertThat(results.resolve("report.json")).isNotEmptyFile();
    }

    /** Waits until the target's committed records end behind more offsets than given. */
    private static void awaitCommitted(KafkaBackupProcess restore, String target, long offsets) {
        await("committed records in " + target)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    assertThat(restore.isAlive()).as("%s runs", restore).isTrue();
                    return committed(target) > offsets;
                });
    }

    /** The sum of the offsets up to which the target can be read; 0 if there is no such topic. */
    private static long committed(String target) throws Exception {
        if (!BROKER.admin().listTopics().names().get().contains(target)) {
            return 0;
        }
        return BROKER
                .admin()
                .listOffsets(
                        IntStream.range(0, PARTITIONS)
                                .boxed()
                                .collect(Collectors.toMap(
                                        partition -> new TopicPartition(target, partition),
                                        partition -> OffsetSpec.latest())),
                        new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get()
                .values()
                .stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    private static void forgetFlinkState() throws IOException {
        try (Stream<Path> files = Files.walk(KafkaBackupProcess.temporaryFolder(folder))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static KafkaBackupProcess startRestore(String restoreId, String target) {
        return start(
                "restore",
                "--restore-id",
                restoreId,
                "--topic",
                TOPIC + "=" + target,
                "--checkpoint-interval",
                "100ms",
                "--web-port",
                "0");
    }

    /** As somebody does who knows nothing but the id. */
    private static KafkaBackupProcess resume(String restoreId) {
        return start("restore", "--restore-id", restoreId, "--checkpoint-interval", "100ms", "--web-port", "0");
    }

    private static KafkaBackupProcess start(String command, String... options) {
        List<String> arguments = new ArrayList<>(
                List.of(command, "--bootstrap-server", BROKER.bootstrapServers(), "--storage", root().toString()));
        arguments.addAll(List.of(options));
        return KafkaBackupProcess.start(folder, arguments);
    }

    private static Path root() {
        return folder.resolve("backup");
    }
}
