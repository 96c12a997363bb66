// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.SteadyLoad;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Somebody starts the same backup twice. */
@Timeout(300)
class SecondJobIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final String TOPIC = "backed-up-twice";
    /** A job shows itself every 30 s, and is known to run when it was seen twice. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ProducedLog produced = new ProducedLog();

    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    void bothReportTheOtherAndTogetherStoreEveryRecord() throws Exception {
        Uuid topicId = BROKER.createTopic(TOPIC, 2);
        Path root = folder.resolve("backup");
        try (SteadyLoad load =
                        SteadyLoad.start(BROKER.bootstrapServers(), produced, TOPIC, 200, RandomRecords.seeded());
                KafkaBackupProcess first = startBackup(root);
                KafkaBackupProcess second = startBackup(root);
                Judge judge = Judge.withDuckDb(root, BROKER.clusterId())) {
            for (KafkaBackupProcess backup : List.of(first, second)) {
                await("the report of the other job")
                        .atMost(PATIENCE)
                        .until(() -> backup.errorLines().stream()
                                .anyMatch(line -> line.contains("Another backup job runs on " + root)));
            }
            load.stop();
            for (KafkaBackupProcess backup : List.of(first, second)) {
                backup.sendTerm();
                backup.assertEndsWith(0, PATIENCE);
            }
            judge.assertCompleteAsFarAsCovered(produced, TOPIC, topicId);
            judge.assertContiguous(TOPIC, topicId);
            assertThat(new StoredOffsets(judge, TOPIC, topicId).overlaps()).isPositive();
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
                        "--segment-age",
                        "5s",
                        "--web-port",
                        "0"));
    }
}
