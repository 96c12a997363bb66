// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.e2e.proxy.BucketPolicy;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bucket that lets everybody do what the documentation says and nothing else, and one in which objects are to be
 * encrypted.
 */
@Timeout(300)
class BucketPolicyIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TOPIC = "orders";
    private static final String ROOT = "root";

    private final BucketPolicy policy = new BucketPolicy();
    private final ProducedLog produced = new ProducedLog();
    private final RandomRecords records = RandomRecords.small();

    @TempDir
    private Path folder;

    @Test
    void whatIsDocumentedIsEnoughForABackupThatMayNotDeleteForARestoreAndForReading() throws Exception {
        // of a compacted topic the backup writes down anew how far it was read, and removes what it wrote before
        BROKER.createTopic("prices", 1, Map.of("cleanup.policy", "compact", "delete.retention.ms", "1000"));
        Uuid topicId = BROKER.createTopic(TOPIC, 2);
        produce();
        try (ProxiedBackup backup = ProxiedBackup.start(folder, BROKER.bootstrapServers(), policy);
                Judge judge = Judge.withDuckDb(backup.files(ROOT), BROKER.clusterId())) {
            policy.allow(DocumentedPolicy.inJson(ProxiedBackup.BUCKET, ROOT));
            StoredOffsets stored = new StoredOffsets(judge, TOPIC, topicId);
            try (ProxiedBackup.Run run = backup.startBackup(ROOT, TOPIC + "|prices", "--maintenance", "off")) {
                awaitStored(stored, run);
                await("something that would be removed")
                        .atMost(PATIENCE)
                        .until(() -> !policy.refused().isEmpty());
                produce();
                awaitStored(stored, run);
                run.process().sendTerm();
                run.process().assertEndsWith(0, PATIENCE);
                assertThat(run.process().errorLines())
                        .as("%s", run.process())
                        .noneMatch(line -> line.contains("WARN") || line.contains("denied"));
            }
            judge.assertComplete(produced, TOPIC, topicId);
            judge.assertNoOverlap(TOPIC, topicId);
            try (KafkaBackupProcess maintain = backup.command("maintain", ROOT)) {
                maintain.assertEndsWith(1, PATIENCE);
                assertThat(maintain.errorLines()).as("%s", maintain).anyMatch(line -> line.contains("DeleteObject"));
            }
            assertThat(policy.refused())
                    .isNotEmpty()
                    .allMatch(right -> right.action().equals("s3:DeleteObject"));

            policy.allow(DocumentedPolicy.of("restore", ProxiedBackup.BUCKET, ROOT));
            runWithoutAWarning(
                    backup, "restore", "--topic", TOPIC + "=" + TOPIC + "-restored", "--checkpoint-interval", "500ms");
            assertThat(policy.refused())
                    .as("it must not be able to release a hold")
                    .singleElement()
                    .satisfies(right -> assertThat(right.action()).isEqualTo("s3:DeleteObject"))
                    .satisfies(right -> assertThat(right.resource()).contains("/topic=" + TOPIC + "/holds/"));
            new TargetJudge(BROKER.bootstrapServers()).assertHolds(produced, TOPIC, topicId, TOPIC + "-restored");

            policy.allow(DocumentedPolicy.of("reading", ProxiedBackup.BUCKET, ROOT));
            runWithoutAWarning(backup, "verify", "--deep");
            assertThat(policy.refused()).isEmpty();
        }
    }

    private static void runWithoutAWarning(ProxiedBackup backup, String command, String... options)
            throws InterruptedException {
        try (KafkaBackupProcess process = backup.command(command, ROOT, options)) {
            process.assertEndsWith(0, PATIENCE);
            assertThat(process.errorLines()).as("%s", process).noneMatch(line -> line.contains("WARN"));
        }
    }

    /** This server has no encryption, and says so; it was asked for nothing else. */
    @Test
    void encryptionIsAskedForAsItIsConfigured() throws Exception {
        try (ProxiedBackup backup = ProxiedBackup.start(
                        folder, BROKER.bootstrapServers(), policy, "s3.server-side-encryption-algorithm: AES256");
                ProxiedBackup.Run run = backup.startBackup(ROOT, TOPIC)) {
            run.process().assertEndsWith(1, PATIENCE);
            assertThat(run.process().errorLines())
                    .singleElement()
                    .asString()
                    .startsWith("kafka-backup: The storage s3://backups/root cannot be written")
                    .contains("Server-side encryption is not supported");
            assertThat(policy.encryption())
                    .containsExactly(entry("PUT root", Map.of("x-amz-server-side-encryption", "AES256")));
        }
    }

    private void awaitStored(StoredOffsets stored, ProxiedBackup.Run run) {
        await("every record to be covered").atMost(PATIENCE).until(() -> {
            assertThat(run.process().isAlive()).as("%s", run.process()).isTrue();
            return stored.hold(produced);
        });
    }

    private void produce() {
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            for (int i = 0; i < 200; i++) {
                producer.send(records.next(TOPIC, i % 2));
            }
        }
    }
}
