// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.SteadyLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the backup at moments that nobody chose, with all of Flink's state gone, under a load that never pauses; and
 * counts what is in the backup afterwards.
 */
@Timeout(240)
class KilledBackupIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = "killed-backup";
    private static final int PARTITIONS = 6;
    private static final int RECORDS_PER_SECOND = 500;
    private static final int KILLS = 3;

    private final ProducedLog produced = new ProducedLog();

    @TempDir
    private Path folder;

    @Test
    void everyCommittedRecordIsStoredOnceHoweverOftenTheBackupIsKilled() throws Exception {
        Path root = folder.resolve("backup");
        Uuid topicId = BROKER.createTopic(TOPIC, PARTITIONS);
        RandomRecords records = RandomRecords.seeded();
        SplittableRandom moments = new SplittableRandom(records.seed());
        try (Judge judge = Judge.withDuckDb(root, BROKER.clusterId());
                SteadyLoad load =
                        SteadyLoad.start(BROKER.bootstrapServers(), produced, TOPIC, RECORDS_PER_SECOND, records);
                SteadyTransactions transactions = SteadyTransactions.start(
                        BROKER.bootstrapServers(), produced, TOPIC, PARTITIONS, new RandomRecords(~records.seed()))) {
            StoredOffsets stored = new StoredOffsets(judge, TOPIC, topicId);
            for (int kill = 1; kill <= KILLS; kill++) {
                try (KafkaBackupProcess backup = startBackup(root)) {
                    awaitMoreSegments(backup, stored);
                    long sent = load.sentCount() + moments.nextInt(2 * RECORDS_PER_SECOND);
                    await("the moment of kill " + kill).atMost(PATIENCE).until(() -> load.sentCount() >= sent);
                    backup.kill();
                    backup.assertEndsWith(128 + 9, Duration.ZERO);
                }
                assertThat(stored.hold(produced)).as("all is stored already").isFalse();
                forgetFlinkState();
            }
            try (KafkaBackupProcess backup = startBackup(root)) {
                awaitMoreSegments(backup, stored);
                load.stop();
                transactions.stop();
                await("every record to be covered").atMost(PATIENCE).until(() -> stored.hold(produced));
                backup.sendTerm();
                backup.assertEndsWith(0, PATIENCE);
            }

            judge.assertComplete(produced, TOPIC, topicId);
            judge.assertNoOverlap(TOPIC, topicId);
            judge.assertContiguous(TOPIC, topicId);
            assertThat(stored.coveredUpTo())
                    .as("covered up to the last stable offsets, markers and aborted records included")
                    .isEqualTo(stored.lastStable(BROKER.admin(), PARTITIONS));
            assertThat(judge.visibleTemporaryFiles())
                    .as("what the kills left behind is hidden")
                    .allMatch(file -> file.getFileName().toString().startsWith("."));
        }
    }

    private KafkaBackupProcess startBackup(Path root) {
        return KafkaBackupProcess.start(
                folder,
                List.of(
                        "backup",
                        "--bootstrap-server",
                        BROKER.bootstrapServers(),
                        "--storage",
                        root.toString(),
                        "--include",
                        TOPIC,
                        "--checkpoint-interval",
                        "1s",
                        "--segment-age",
                        "1s",
                        "--segment-bytes",
                        "64kb",
                        "--web-port",
                        "0"));
    }

    private static void awaitMoreSegments(KafkaBackupProcess backup, StoredOffsets stored) {
        int before = stored.segmentCount();
        await("the backup to publish segments").atMost(PATIENCE).until(() -> {
            assertThat(backup.isAlive()).as("%s runs", backup).isTrue();
            return stored.segmentCount() > before + PARTITIONS;
        });
    }

    private void forgetFlinkState() throws IOException {
        try (Stream<Path> files = Files.walk(KafkaBackupProcess.temporaryFolder(folder))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
