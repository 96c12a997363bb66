// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A restore that was killed or frozen goes on under its id, when nothing but the backup and the broker is left. What
 * the target has to hold is computed from what was produced.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one backup serves all tests
class ResumedRestoreIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = RandomTopic.PARTITIONS;
    private static final int RECORDS = 40_000;

    /** So slow that there is time to come in between, some seconds for all records. */
    private static final String[] SLOWLY = {"--max-bytes-per-second", "500000"};

    private static final List<String> QUICK = List.of("--checkpoint-interval", "100ms", "--web-port", "0");

    private static final int REFUSED = 3;
    private static final int RESTORES = 6;
    private static final int KILLS = 4;

    private RandomTopic topic;
    private ProducedLog backedUp;
    private SplittableRandom random;
    private TargetJudge judge;

    @TempDir
    private static Path folder;

    /** Segments of two backups, which overlap, and a hole between those of the first. */
    @BeforeAll
    void backUp() throws Exception {
        judge = new TargetJudge(BROKER.bootstrapServers());
        topic = new RandomTopic(BROKER, TOPIC);
        random = new SplittableRandom(topic.seed());
        topic.produce(RECORDS);
        try (KafkaBackupProcess backup = startBackup(root())) {
            backup.assertEndsWith(0, PATIENCE);
        }
        long backedUpTo = topic.end();
        topic.produce(RECORDS / 2);
        topic.dropWhatWasProducedSince(backedUpTo);
        Path other = folder.resolve("other");
        try (KafkaBackupProcess backup = startBackup(root());
                KafkaBackupProcess second = startBackup(other)) {
            backup.assertEndsWith(0, PATIENCE);
            second.assertEndsWith(0, PATIENCE);
        }
        copySegments(other);
        backedUp = topic.backedUp();
    }

    private static void copySegments(Path other) throws IOException {
        int copied = 0;
        try (Stream<Path> files = Files.walk(other.resolve("topics"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
                Path target = root().resolve(other.relativize(file));
                if (Files.notExists(target)) {
                    Files.copy(file, target);
                    copied++;
                }
            }
        }
        assertThat(copied).as("segments that overlap others").isPositive();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void killedBetweenTheCommitAndTheWritingOfItsMapItGoesOnWithNothingButItsIdAndVerifyNamesADifference()
            throws Exception {
        RandomSelection selection = randomSelection();
        Path results = root().resolve("restores/killed");
        blockOffsetMap(results);
        try (KafkaBackupProcess restore = startRestore("killed", "orders.killed", selection.options())) {
            awaitCommitted(restore, "orders.killed", 0);
            restore.kill();
        }
        assertThat(results.resolve("plan.json")).exists();
        Files.delete(results.resolve("offset-map"));
        forgetFlinkState("killed");

        try (KafkaBackupProcess restore = resume("killed")) {
            restore.assertEndsWith(0, PATIENCE);
            assertThat(restore.errorLines())
                    .as("%s", restore)
                    .anyMatch(line -> line.startsWith("Restore killed was begun at "))
                    .anyMatch(line -> line.matches("The target holds [1-9]\\d* records, of \\d+ at most.*"));
        }
        assertRestored("killed", "orders.killed", selection);

        try (KafkaBackupProcess again = resume("killed");
                KafkaBackupProcess verify = verify("killed")) {
            again.assertEndsWith(0, PATIENCE);
            assertThat(again.errorLines())
                    .as("%s", again)
                    .anyMatch(line -> line.matches("Restore killed was finished at .*: there is nothing to do"));
            verify.assertEndsWith(0, PATIENCE);
            assertThat(verify.outputLines())
                    .as("%s", verify)
                    .hasSizeGreaterThan(1)
                    .filteredOn(line -> !line.endsWith(" ok"))
                    .hasSize(1);
        }
        assertRestored("killed", "orders.killed", selection);

        BROKER.deleteTopic("orders.killed");
        BROKER.createTopic("orders.killed", PARTITIONS);
        try (KafkaBackupProcess verify = verify("killed")) {
            verify.assertEndsWith(1, PATIENCE);
            assertThat(verify.errorLines())
                    .as("%s", verify)
                    .anyMatch(line -> line.matches(
                            "kafka-backup: first difference in partition [0-2] of orders.killed, source offset \\d+ of orders \\(%s\\): the record is not in the target"
                                    .formatted(topic.id())));
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void frozenAndThawedAfterAnotherHasFinishedItAddsNothing() throws Exception {
        RandomSelection everything = new RandomSelection(List.of(), List.of());
        try (KafkaBackupProcess frozen = startRestore("frozen", "orders.frozen", List.of(SLOWLY))) {
            awaitCommitted(frozen, "orders.frozen", 0);
            frozen.freeze();
            assertThat(committed("orders.frozen"))
                    .as("end offsets at the freeze")
                    .isLessThan(backedUp.recordCount());

            try (KafkaBackupProcess other = resume("frozen")) {
                other.assertEndsWith(0, PATIENCE);
            }
            assertRestored("frozen", "orders.frozen", everything);

            frozen.thaw();
            frozen.assertEndsWith(REFUSED, PATIENCE);
            assertThat(frozen.errorLines())
                    .as("%s", frozen)
                    .last()
                    .asString()
                    .startsWith("kafka-backup: Restore frozen was started again meanwhile (attempt 2-");
        }
        assertRestored("frozen", "orders.frozen", everything);
    }

    @Test
    @Tag("long")
    @Timeout(1_800)
    void randomSelectionsKilledAgainAndAgainAtAnyMomentEndWithEachRecordOnce() throws Exception {
        int killed = 0;
        for (int number = 0; number < RESTORES; number++) {
            String id = "often-" + number;
            RandomSelection selection = randomSelection();
            List<String> options = new ArrayList<>(selection.options());
            options.addAll(List.of(SLOWLY));
            boolean ended = false;
            for (int kill = 0; kill < KILLS && !ended; kill++) {
                Kill moment = Kill.values()[random.nextInt(Kill.values().length)];
                try (KafkaBackupProcess restore = startRestore(id, "orders." + id, options)) {
                    ended = !awaitMoment(moment, restore, id);
                    restore.kill();
                }
                killed += ended ? 0 : 1;
                System.out.println("Restore " + id + (ended ? " ended before " : " was killed at ") + moment);
                Path map = root().resolve("restores").resolve(id).resolve("offset-map");
                if (Files.isRegularFile(map)) {
                    Files.delete(map);
                }
                forgetFlinkState(id);
            }
            try (KafkaBackupProcess restore = startRestore(id, "orders." + id, selection.options())) {
                restore.assertEndsWith(0, PATIENCE);
            }
            assertRestored(id, "orders." + id, selection);
        }
        assertThat(killed).as("kills in the middle").isGreaterThan(RESTORES);
    }

    /** When a restore is killed. */
    private enum Kill {
        /** It may be anywhere between its start and its first record. */
        BEFORE_THE_PLAN_IS_WRITTEN,
        /** The plan is there; the target may be there or not, and what is in it was not looked at yet. */
        WITH_A_PLAN,
        /** More records are committed than at the start, and their map may be written or not. */
        WITH_MORE_RECORDS,
        /** Records are committed; if they are the first ones, their map cannot be written. */
        BETWEEN_COMMIT_AND_MAP
    }

    /** Returns false if the restore has ended before. */
    private boolean awaitMoment(Kill kill, KafkaBackupProcess restore, String id) throws Exception {
        Path results = root().resolve("restores").resolve(id);
        String target = "orders." + id;
        long before = committed(target);
        return switch (kill) {
            case BEFORE_THE_PLAN_IS_WRITTEN ->
                comes(restore, () -> !restore.errorLines().isEmpty());
            case WITH_A_PLAN -> comes(restore, () -> Files.exists(results.resolve("plan.json")));
            case WITH_MORE_RECORDS -> {
                int more = random.nextInt(RECORDS / 8);
                yield comes(restore, () -> committed(target) > before + more);
            }
            case BETWEEN_COMMIT_AND_MAP -> {
                if (before == 0 && Files.notExists(results.resolve("offset-map"))) {
                    blockOffsetMap(results);
                }
                yield comes(restore, () -> committed(target) > before);
            }
        };
    }

    private static boolean comes(KafkaBackupProcess restore, Callable<Boolean> moment) {
        await("the moment, or the end of " + restore)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !restore.isAlive() || moment.call());
        return restore.isAlive();
    }

    /** A file where the folder of the map should be: the restore commits, and waits for ever for its map. */
    private static void blockOffsetMap(Path results) throws IOException {
        Files.createDirectories(results);
        Files.createFile(results.resolve("offset-map"));
    }

    private RandomSelection randomSelection() {
        RandomSelection selection = RandomSelection.of(
                random,
                backedUp,
                new TopicIdPartition(topic.id(), 0, TOPIC),
                new TopicIdPartition(topic.id(), 1, TOPIC));
        System.out.println("Random selection: " + selection);
        return selection;
    }

    private void assertRestored(String restoreId, String target, RandomSelection selection) {
        ProducedLog wanted = selection.wantedOf(backedUp);
        judge.assertHolds(wanted, TOPIC, topic.id(), target);
        Path results = root().resolve("restores").resolve(restoreId);
        judge.assertOffsetMapLeads(results.resolve("offset-map"), wanted, TOPIC, topic.id(), target);
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

    private static void forgetFlinkState(String restoreId) throws IOException {
        try (Stream<Path> files = Files.walk(KafkaBackupProcess.temporaryFolder(runsOf(restoreId)))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** What a restore is run in; none takes another's Flink state away. */
    private static Path runsOf(String restoreId) {
        return folder.resolve("runs-of-" + restoreId);
    }

    private static KafkaBackupProcess startRestore(String restoreId, String target, List<String> selection) {
        List<String> options = new ArrayList<>(List.of("--restore-id", restoreId, "--topic", TOPIC + "=" + target));
        options.addAll(QUICK);
        options.addAll(selection);
        return start(runsOf(restoreId), root(), "restore", options);
    }

    /** As somebody does who knows nothing but the id. */
    private static KafkaBackupProcess resume(String restoreId) {
        List<String> options = new ArrayList<>(List.of("--restore-id", restoreId));
        options.addAll(QUICK);
        return start(runsOf(restoreId), root(), "restore", options);
    }

    private static KafkaBackupProcess verify(String restoreId) {
        return start(runsOf(restoreId), root(), "verify", List.of("--restore-id", restoreId));
    }

    private static KafkaBackupProcess startBackup(Path root) {
        return start(folder, root, "backup", List.of("--include", TOPIC, "--web-port", "0", "--once"));
    }

    private static KafkaBackupProcess start(Path runs, Path root, String command, List<String> options) {
        List<String> arguments = new ArrayList<>(
                List.of(command, "--bootstrap-server", BROKER.bootstrapServers(), "--storage", root.toString()));
        arguments.addAll(options);
        return KafkaBackupProcess.start(runs, arguments);
    }

    private static Path root() {
        return folder.resolve("backup");
    }
}
