// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees who opens Flink's web UI in a browser. Screenshots stay in target/screenshots. */
@Tag("tools")
@Timeout(240)
class WebUiIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots").toAbsolutePath();
    private static final String TOPIC = "orders";
    private static final int RECORDS = 1_234;

    @TempDir
    private Path folder;

    @Test
    void jobsAreUnderstoodWithoutReadingCode() throws Exception {
        BROKER.createTopic(TOPIC, 2);
        produce();
        try (Browser browser = Browser.start(folder)) {
            try (KafkaBackupProcess backup =
                    start("backup", "--include", TOPIC, "--checkpoint-interval", "1s", "--lag-interval", "1s")) {
                FlinkRest rest = new FlinkRest(webUi(backup));
                String job = job(rest);
                rest.awaitRunning(job);
                String vertex = vertex(rest, job, "Segments");
                browser.open(webUi(backup) + "/#/job/running/" + job + "/overview");
                awaitText(
                        browser,
                        "Kafka backup to file://" + folder.resolve("storage"),
                        "Source: Kafka topics -> Segments: Writer",
                        "Source: Topic metadata and group snapshots",
                        "Source: Maintenance",
                        "Records Received",
                        "Bytes Sent");
                await("records read and published").atMost(PATIENCE).untilAsserted(() -> {
                    JsonNode metrics = metrics(rest, job, vertex);
                    assertThat(metrics.get("read-records").asLong()).isEqualTo(RECORDS);
                    assertThat(metrics.get("read-bytes").asLong()).isGreaterThan(RECORDS);
                    assertThat(metrics.get("write-records").asLong()).isEqualTo(RECORDS);
                    assertThat(metrics.get("write-bytes").asLong()).isEqualTo(storedBytes(rest, job, vertex));
                });
                awaitText(browser, "1,234");
                browser.screenshot(SCREENSHOTS.resolve("backup.png"));
                assertThat(rest.get("/jobs/" + job + "/plan").toString())
                        .contains(
                                "Reads each partition of each topic incarnation from its durable offset on",
                                "Records topic metadata and the committed offsets of consumer groups",
                                "Merges small segments, and removes what Kafka has removed when its grace ends");
                browser.open(webUi(backup) + "/#/job/running/" + job + "/overview/" + vertex + "/detail");
                awaitText(browser, "Reads each partition of each topic incarnation from its durable offset on");
                browser.screenshot(SCREENSHOTS.resolve("backup-detail.png"));
                backup.sendTerm();
                backup.assertEndsWith(0, PATIENCE);
            }
            try (KafkaBackupProcess restore =
                    start("restore", "--topic", TOPIC + "=restored", "--max-bytes-per-second", "1kb")) {
                FlinkRest rest = new FlinkRest(webUi(restore));
                String job = job(rest);
                rest.awaitRunning(job);
                browser.open(webUi(restore) + "/#/job/running/" + job + "/overview");
                awaitText(browser, "Kafka restore ", "Source: Segments -> Target topics");
                browser.screenshot(SCREENSHOTS.resolve("restore.png"));
            }
        }
    }

    private static void awaitText(Browser browser, String... texts) {
        await("what the page shows")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.text()).contains(texts));
    }

    private static String job(FlinkRest rest) {
        return await("a job")
                .atMost(PATIENCE)
                .until(() -> rest.get("/jobs").at("/jobs/0/id").asText(), id -> !id.isEmpty());
    }

    private static String vertex(FlinkRest rest, String job, String name) throws Exception {
        for (JsonNode vertex : rest.get("/jobs/" + job).get("vertices")) {
            if (vertex.get("name").asText().contains(name)) {
                return vertex.get("id").asText();
            }
        }
        throw new AssertionError("No vertex is called " + name + ": " + rest.get("/jobs/" + job));
    }

    /** The columns of the table of vertices. */
    private static JsonNode metrics(FlinkRest rest, String job, String vertex) throws Exception {
        for (JsonNode one : rest.get("/jobs/" + job).get("vertices")) {
            if (one.get("id").asText().equals(vertex)) {
                return one.get("metrics");
            }
        }
        throw new AssertionError("No vertex " + vertex);
    }

    /** What the metric says that counts published segments. */
    private static long storedBytes(FlinkRest rest, String job, String vertex) throws Exception {
        String path = "/jobs/" + job + "/vertices/" + vertex + "/subtasks/metrics";
        List<String> ids = new ArrayList<>();
        for (JsonNode metric : rest.get(path)) {
            if (metric.get("id").asText().endsWith(".segmentBytesPublished")) {
                ids.add(metric.get("id").asText());
            }
        }
        assertThat(ids).hasSize(1);
        return rest.get(path + "?agg=sum&get=" + ids.get(0)).get(0).get("sum").asLong();
    }

    private void produce() {
        RandomRecords records = RandomRecords.small();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), new ProducedLog())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(records.next(TOPIC, i % 2));
            }
        }
    }

    private static URI webUi(KafkaBackupProcess process) {
        return await("the address of the web UI")
                .atMost(PATIENCE)
                .until(
                        () -> process.errorLines().stream()
                                .filter(line -> line.matches(".*[wW]eb UI: .*"))
                                .map(line -> URI.create(line.replaceAll(".*[wW]eb UI: ", "")))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private KafkaBackupProcess start(String command, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                folder.resolve("storage").toString(),
                "--web-port",
                "0"));
        arguments.addAll(List.of(options));
        return KafkaBackupProcess.start(folder, arguments);
    }
}
