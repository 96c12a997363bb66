// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rules and dashboard, read by a Prometheus that scrapes both jobs as users run them. */
@Tag("tools")
@Timeout(240)
class MonitoringIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern METRIC = Pattern.compile("flink_\\w+");
    private static final String TOPIC = "orders.of-europe";
    private static final int RECORDS = 600;

    private final ProducedLog produced = new ProducedLog();

    @TempDir
    private Path folder;

    @Test
    void theRulesPassTheirUnitTests() throws Exception {
        Prometheus.promtool(
                folder, "check", "config", MonitoringFiles.prometheusConfig().toString());
        Prometheus.promtool(folder, "test", "rules", MonitoringFiles.ruleTests().toString());
    }

    @Test
    void everyExpressionOfRulesAndDashboardFindsWhatTheJobsReport() throws Exception {
        BROKER.createTopic(TOPIC, 2);
        produce();
        int backupPort = FreePorts.one();
        int restorePort = FreePorts.one();
        try (Prometheus prometheus = Prometheus.start(folder, List.of(backupPort, restorePort));
                KafkaBackupProcess backup =
                        start(backupPort, "backup", "--include", Pattern.quote(TOPIC), "--checkpoint-interval", "1s")) {
            String ofTopic = "{topic=\"" + TOPIC + "\"}";
            String prefix = "flink_taskmanager_job_task_operator_";
            awaitValue(prometheus, "sum(" + prefix + "recordsPublished)", RECORDS, backup);
            awaitValue(prometheus, "sum(" + prefix + "topic_partition_durableLagRecords" + ofTopic + ")", 0, backup);
            awaitValue(
                    prometheus,
                    "count(count by (topic, partition) (" + prefix + "topic_partition_durableOffset" + ofTopic + "))",
                    2,
                    backup);
            try (KafkaBackupProcess restore =
                    start(restorePort, "restore", "--topic", TOPIC + "=restored", "--max-bytes-per-second", "3kb")) {
                awaitSeries(prometheus, prefix + "user_topic_recordsProduced", restore);
                for (String expression : MonitoringFiles.dashboardExpressions()) {
                    awaitSeries(prometheus, expression, restore);
                }
                assertThat(prometheus.query(prefix + "percentRead > 100")).isEmpty();
                for (String metric : metrics(prometheus)) {
                    awaitSeries(prometheus, metric, restore);
                }
                assertThat(restore.isAlive()).as("%s", restore).isTrue();
            }
            assertThat(backup.isAlive()).as("%s", backup).isTrue();
            for (JsonNode rule : prometheus.rules()) {
                assertThat(rule.path("health").asText()).as("%s", rule).isEqualTo("ok");
                assertThat(rule.path("state").asText()).as("%s", rule).isNotEqualTo("firing");
            }
        }
    }

    /** Metrics that the rules name: a condition that is not met says nothing about its names. */
    private static Set<String> metrics(Prometheus prometheus) throws IOException, InterruptedException {
        Set<String> metrics = new TreeSet<>();
        for (JsonNode rule : prometheus.rules()) {
            METRIC.matcher(rule.get("query").asText())
                    .results()
                    .map(MatchResult::group)
                    .forEach(metrics::add);
        }
        assertThat(metrics).hasSizeGreaterThan(10);
        return metrics;
    }

    private static void awaitSeries(Prometheus prometheus, String expression, KafkaBackupProcess process) {
        await(expression)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(prometheus.query(expression))
                        .as("%s; %s", expression, process)
                        .isNotEmpty());
    }

    private static void awaitValue(Prometheus prometheus, String expression, double value, KafkaBackupProcess process) {
        await(expression).atMost(PATIENCE).untilAsserted(() -> {
            JsonNode found = prometheus.query(expression);
            assertThat(found).as("%s; %s", expression, process).isNotEmpty();
            assertThat(found.get(0).at("/value/1").asDouble())
                    .as("%s; %s", expression, process)
                    .isEqualTo(value);
        });
    }

    private void produce() {
        RandomRecords records = RandomRecords.seeded();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(records.next(TOPIC, i % 2));
            }
        }
    }

    private KafkaBackupProcess start(int port, String command, String... options) throws IOException {
        Path flinkConf = Files.createDirectories(folder.resolve("conf-of-" + command));
        Files.writeString(flinkConf.resolve("config.yaml"), """
                metrics.reporters: prom
                metrics.reporter.prom.factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFactory
                metrics.reporter.prom.port: %d
                metrics.reporter.prom.filterLabelValueCharacters: false
                """.formatted(port));
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                folder.resolve("backup").toString(),
                "--flink-conf",
                flinkConf.toString(),
                "--web-port",
                "0"));
        if (command.equals("backup")) {
            arguments.addAll(List.of("--lag-interval", "1s", "--maintenance-interval", "2s"));
        }
        arguments.addAll(List.of(options));
        return KafkaBackupProcess.start(folder, arguments);
    }
}
