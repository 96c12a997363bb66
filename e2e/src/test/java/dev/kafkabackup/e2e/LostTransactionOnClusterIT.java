// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.e2e.proxy.RequestPoint;
import dev.kafkabackup.e2e.proxy.RequestTurnstile;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.testing.OpenTransactions;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.testing.Turnstile.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The commit of a prepared transaction takes so long to reach the broker that the broker has aborted it: Flink's state
 * is worthless then, and the restore goes on from what the target holds.
 */
@Tag("long")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one cluster serves all tests
class LostTransactionOnClusterIT {

    private static final String COMMIT = "commit";

    private static final RequestTurnstile TURNSTILE =
            new RequestTurnstile(request -> request.matches("producer-kafka-backup-restore-.* END_TXN") ? COMMIT : "");

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension()
            .with("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200")
            .behind(new KafkaProxy().through(TURNSTILE));

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 4;
    private static final int RECORDS = 20_000;

    /** Not one of the first: there is something in the target before. */
    private static final RequestPoint HELD = new RequestPoint(COMMIT, 5, Direction.REQUEST);

    private final ProducedLog produced = new ProducedLog();
    private Uuid topicId;
    private S3Proxy s3;
    private FlinkCluster cluster;
    private Path clientSettings;

    @TempDir
    private static Path folder;

    @BeforeAll
    void backUpAndStartTheCluster() throws Exception {
        topicId = BROKER.createTopic(TOPIC, PARTITIONS);
        RandomRecords records = RandomRecords.seeded();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(records.next(TOPIC, i % PARTITIONS));
            }
        }
        clientSettings = Files.writeString(
                folder.resolve("client.properties"), "transaction.timeout.ms=4000" + System.lineSeparator());
        s3 = S3Proxy.start(Files.createDirectories(folder.resolve("s3")));
        try (S3Client client = s3.client()) {
            // only for checkpoints: the backup is in a folder that all processes see
            client.createBucket(request -> request.bucket("kafka-backup"));
        }
        cluster = FlinkCluster.start(folder.resolve("flink"), s3.endpoint(), 1);
        try (KafkaBackupProcess backup = command("backup", "--include", TOPIC, "--once", "--web-port", "0")) {
            backup.assertEndsWith(0, PATIENCE);
        }
    }

    @AfterAll
    void stopTheCluster() {
        try (S3Proxy server = s3) {
            cluster.close();
        }
    }

    @Test
    void theCommandThatFollowsTheJobGoesOnByItself() throws Exception {
        TURNSTILE.keepAt(HELD);
        try (KafkaBackupProcess restore = command(
                "restore",
                "--topic",
                TOPIC + "=followed",
                "--restore-id",
                "followed",
                "--checkpoint-interval",
                "200ms",
                "--max-bytes-per-second",
                "300kb",
                "--command-config",
                clientSettings.toString(),
                "--parallelism",
                "2",
                "--flink",
                cluster.address())) {
            letItTimeOut(restore);
            restore.assertEndsWith(0, PATIENCE);
            assertThat(restore.errorLines())
                    .as("%s", restore)
                    .anyMatch(
                            line -> line.matches(
                                    "A transaction was aborted by Kafka \\(transaction.timeout.ms\\?\\): going on behind the [1-9]\\d* records that the target holds"));
            List<String> jobs = restore.errorLines().stream()
                    .filter(line -> line.startsWith("Restore followed runs as job "))
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .toList();
            assertThat(jobs).hasSize(2);
            assertThat(cluster.rest().state(jobs.get(0))).isEqualTo("FAILED");
            assertThat(cluster.rest().state(jobs.get(1))).isEqualTo("FINISHED");
        }
        assertRestored("followed");
    }

    @Test
    void aJobThatNobodyFollowsFailsSayingHowToGoOnAndThenDoes() throws Exception {
        TURNSTILE.keepAt(HELD);
        String failed = submit(
                "--topic",
                TOPIC + "=alone",
                "--restore-id",
                "alone",
                "--checkpoint-interval",
                "200ms",
                "--max-bytes-per-second",
                "300kb");
        letItTimeOut(cluster);
        await("the job to fail").atMost(PATIENCE).until(() -> cluster.rest().state(failed), "FAILED"::equals);
        assertThat(cluster.rest().get("/jobs/" + failed + "/exceptions").toString())
                .contains("start it again with --restore-id alone, it goes on with what is missing in the target");

        // the interval is no part of the plan, and its default is longer than these transactions may take
        String second = submit("--restore-id", "alone", "--checkpoint-interval", "200ms");
        await("the job to end").atMost(PATIENCE).until(() -> cluster.rest().state(second), "FINISHED"::equals);
        try (KafkaBackupProcess report = command("restore", "--restore-id", "alone", "--web-port", "0")) {
            report.assertEndsWith(0, PATIENCE);
        }
        assertRestored("alone");
    }

    /** Holds the commit until the broker has aborted the transaction, and lets it arrive then. */
    private static void letItTimeOut(Object who) throws Exception {
        assertThat(TURNSTILE.awaitReached(PATIENCE)).as("%s commits", who).isTrue();
        List<String> open = OpenTransactions.of(BROKER.admin(), "");
        assertThat(open).isNotEmpty();
        await("the broker to abort " + open)
                .atMost(PATIENCE)
                .until(() -> OpenTransactions.areAborted(BROKER.admin(), open));
        TURNSTILE.sendOn();
    }

    private void assertRestored(String target) {
        TargetJudge judge = new TargetJudge(BROKER.bootstrapServers());
        judge.assertHolds(produced, TOPIC, topicId, target);
        Path results = root().resolve("restores").resolve(target);
        judge.assertOffsetMapLeads(results.resolve("offset-map"), produced, TOPIC, topicId, target);
        assertThat(results.resolve("report.json")).isNotEmptyFile();
    }

    private String submit(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--detached",
                "--parallelism",
                "2",
                FlinkCluster.jar("restore-job.jar").toString(),
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                root().toString(),
                "--command-config",
                clientSettings.toString()));
        arguments.addAll(List.of(options));
        return FlinkClusterIT.jobId(cluster.flink("run", arguments.toArray(String[]::new)));
    }

    private KafkaBackupProcess command(String command, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                root().toString(),
                "--flink-conf",
                cluster.conf().toString()));
        arguments.addAll(List.of(options));
        return KafkaBackupProcess.start(
                folder,
                Map.of("AWS_ACCESS_KEY_ID", S3Proxy.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", S3Proxy.SECRET_KEY),
                arguments);
    }

    private static Path root() {
        return folder.resolve("backup");
    }
}
