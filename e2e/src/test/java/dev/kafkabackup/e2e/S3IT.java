// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.BucketDownload;
import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import software.amazon.awssdk.services.s3.S3Client;

/** Backup and restore with an object store, through the S3 plugin of the distribution. */
@Timeout(180)
class S3IT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 3;
    private static final String BUCKET = "backups";
    private static final String PREFIX = "some/root/";
    private static final String RESTORE_ID = "from-s3";

    /** {@code ./flink-conf} is taken if no other one is named. */
    private static final List<String> FOUND = List.of();

    /** In the log of a Flink that reports metrics. */
    private static final String REPORTS = "Reporting metrics for reporter prometheus";

    private final ProducedLog produced = new ProducedLog();

    @TempDir
    private Path folder;

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void thereAndBackWithoutTellingTheKeys() throws Exception {
        Uuid topicId = BROKER.createTopic(TOPIC, PARTITIONS);
        produce(2_000);
        Path copy = folder.resolve("copy");
        try (S3Proxy s3 = S3Proxy.start(Files.createDirectories(folder.resolve("s3")));
                S3Client client = s3.client();
                Judge judge = Judge.withDuckDb(copy, BROKER.clusterId())) {
            client.createBucket(request -> request.bucket(BUCKET));
            Path flinkConf = flinkConf(s3);

            Path ofBoundedRun = run(FOUND, "backup", "--include", TOPIC, "--once");
            assertThat(ofBoundedRun)
                    .as("a configuration that nobody named opens no port")
                    .content()
                    .doesNotContain(REPORTS);
            produce(500);
            Path log = folder.resolve("continuous.log");
            try (KafkaBackupProcess backup = start(
                    named(flinkConf),
                    "backup",
                    "--include",
                    TOPIC,
                    "--checkpoint-interval",
                    "1s",
                    "--web-port",
                    "0",
                    "--log-file",
                    log.toString())) {
                StoredOffsets stored = new StoredOffsets(judge, TOPIC, topicId);
                await("every record to be in the bucket")
                        .atMost(PATIENCE)
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> {
                            BucketDownload.download(client, BUCKET, PREFIX, copy);
                            return stored.hold(produced);
                        });
                assertThat(log).content().contains(REPORTS);
                assertThat(webUi(backup, "/jobmanager/config"))
                        .contains("execution.checkpointing.dir")
                        .doesNotContain(S3Proxy.SECRET_KEY, S3Proxy.ACCESS_KEY);
                backup.sendTerm();
                backup.assertEndsWith(0, PATIENCE);
                assertNoSecret(backup, log);
            }
            judge.assertComplete(produced, TOPIC, topicId);
            judge.assertNoOverlap(TOPIC, topicId);

            BROKER.deleteTopic(TOPIC);
            run(named(flinkConf), "restore", "--topic", TOPIC, "--restore-id", RESTORE_ID);
            BucketDownload.download(client, BUCKET, PREFIX + "restores/", folder.resolve("restores"));
        }
        TargetJudge judge = new TargetJudge(BROKER.bootstrapServers());
        judge.assertHolds(produced, TOPIC, topicId, TOPIC);
        judge.assertOffsetMapLeads(
                folder.resolve("restores").resolve(RESTORE_ID).resolve("offset-map"), produced, TOPIC, topicId, TOPIC);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void wrongKeysAreToldSoonAndNotShown() throws Exception {
        try (S3Proxy s3 = S3Proxy.start(Files.createDirectories(folder.resolve("s3")));
                S3Client client = s3.client()) {
            client.createBucket(request -> request.bucket(BUCKET));
            Path flinkConf = flinkConf(s3);
            Path config = flinkConf.resolve("config.yaml");
            Files.writeString(config, Files.readString(config).replace(S3Proxy.ACCESS_KEY, "wrong-access-key"));
            Path log = folder.resolve("wrong.log");
            try (KafkaBackupProcess backup =
                    start(named(flinkConf), "backup", "--include", TOPIC, "--log-file", log.toString())) {
                backup.assertEndsWith(1, Duration.ofSeconds(30));
                assertThat(backup.errorLines())
                        .as("%s", backup)
                        .singleElement()
                        .asString()
                        .startsWith("kafka-backup: The storage s3://" + BUCKET);
                assertNoSecret(backup, log);
            }
            assertThat(client.listObjectsV2(request -> request.bucket(BUCKET)).contents())
                    .isEmpty();
        }
    }

    private void produce(int count) {
        RandomRecords records = RandomRecords.seeded();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            for (int i = 0; i < count; i++) {
                producer.send(records.next(TOPIC, i % PARTITIONS));
            }
        }
    }

    /** What a user writes for a server of their own, with limits that make errors appear soon. */
    private Path flinkConf(S3Proxy s3) throws IOException {
        Path flinkConf = Files.createDirectories(folder.resolve("flink-conf"));
        Files.writeString(
                flinkConf.resolve("config.yaml"), """
                s3.endpoint: %s
                s3.path.style.access: true
                s3.access-key: %s
                s3.secret-key: %s
                s3.attempts.maximum: 2
                s3.retry.limit: 2
                s3.connection.timeout: 20000
                s3.directory.marker.retention: keep
                metrics.reporters: prometheus
                metrics.reporter.prometheus.factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFactory
                metrics.reporter.prometheus.port: 0
                """.formatted(s3.endpoint(), S3Proxy.ACCESS_KEY, S3Proxy.SECRET_KEY));
        return flinkConf;
    }

    private static List<String> named(Path flinkConf) {
        return List.of("--flink-conf", flinkConf.toString());
    }

    /** Returns the log. */
    private Path run(List<String> configuration, String command, String... options) throws Exception {
        Path log = folder.resolve(command + ".log");
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--web-port", "0", "--log-file", log.toString()));
        try (KafkaBackupProcess process = start(configuration, command, all.toArray(String[]::new))) {
            process.assertEndsWith(0, PATIENCE);
            assertThat(log).isNotEmptyFile();
            assertNoSecret(process, log);
        }
        return log;
    }

    private KafkaBackupProcess start(List<String> configuration, String command, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                "s3://" + BUCKET + "/" + PREFIX));
        arguments.addAll(configuration);
        arguments.addAll(List.of(options));
        return KafkaBackupProcess.start(folder, arguments);
    }

    /** A page of the web UI, whose address the backup has printed. */
    private static String webUi(KafkaBackupProcess backup, String page) throws Exception {
        String address = backup.errorLines().stream()
                .filter(line -> line.contains("web UI: "))
                .map(line -> line.replaceAll(".*web UI: ", ""))
                .findFirst()
                .orElseThrow();
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address + page)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void assertNoSecret(KafkaBackupProcess process, Path log) throws IOException {
        assertThat(process.toString()).doesNotContain(S3Proxy.SECRET_KEY, S3Proxy.ACCESS_KEY);
        assertThat(Files.readString(log)).doesNotContain(S3Proxy.SECRET_KEY, S3Proxy.ACCESS_KEY);
    }
}
