// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.testing.SteadyLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.common.Uuid;
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
    private static final String PREFIX = "flink_taskmanager_job_task_operator_";
    private static final String OF_TOPIC = "{topic=\"" + TOPIC + "\"}";
    private static final String LAG = PREFIX + "topic_partition_durableLagRecords" + OF_TOPIC;
    private static final String DURABLE_OFFSET = PREFIX + "topic_partition_durableOffset" + OF_TOPIC;
    private static final String LOOKS = PREFIX + "lagMeasurements";

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
        Uuid topicId = BROKER.createTopic(TOPIC, 2);
        produce();
        int backupPort = FreePorts.one();
        int restorePort = FreePorts.one();
        try (Prometheus prometheus = Prometheus.start(folder, List.of(backupPort, restorePort));
                KafkaBackupProcess backup =
                        start(backupPort, "backup", "--include", Pattern.quote(TOPIC), "--checkpoint-interval", "1s")) {
            awaitValue(prometheus, "sum(" + PREFIX + "recordsPublished)", RECORDS, backup);
            awaitValue(prometheus, "sum(" + LAG + ")", 0, backup);
            awaitValue(prometheus, "count(count by (topic, partition) (" + DURABLE_OFFSET + "))", 2, backup);
            try (SteadyLoad load =
                            SteadyLoad.start(BROKER.bootstrapServers(), produced, TOPIC, 300, RandomRecords.seeded());
                    Judge judge = Judge.withParquetAvro(folder.resolve("backup"), BROKER.clusterId())) {
                StoredOffsets stored = new StoredOffsets(judge, TOPIC, topicId);
                for (int i = 0; i < 3; i++) {
                    assertTheScrapedLagIsBetweenThoseBeforeAndAfter(prometheus, stored);
                }
                load.stop();
            }
            awaitValue(prometheus, "sum(" + LAG + ")", 0, backup);
            try (KafkaBackupProcess restore =
                    start(restorePort, "restore", "--topic", TOPIC + "=restored", "--max-bytes-per-second", "3kb")) {
                awaitSeries(prometheus, PREFIX + "user_topic_recordsProduced", restore);
                for (String expression : MonitoringFiles.dashboardExpressions()) {
                    awaitSeries(prometheus, expression, restore);
                }
                assertThat(prometheus.query(PREFIX + "percentRead > 100")).isEmpty();
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

    /** Those before and after are computed from a listing of the backup and what the broker says. */
    private static void assertTheScrapedLagIsBetweenThoseBeforeAndAfter(Prometheus prometheus, StoredOffsets stored)
            throws Exception {
        Map<Integer, Long> durableBefore = stored.coveredUpTo();
        Map<Integer, Long> stableBefore = stored.lastStable(BROKER.admin(), 2);
        long now = System.currentTimeMillis() / 1_000;
        await("a scrape")
                .atMost(PATIENCE)
                .until(() -> values(prometheus, "timestamp(" + LOOKS + ")", "subtask_index").values().stream()
                        .allMatch(scraped -> scraped > now));
        Map<Integer, Long> looks = values(prometheus, LOOKS + " > 0", "subtask_index");
        await("a look at Kafka that has begun after that")
                .atMost(PATIENCE)
                .until(() -> values(prometheus, LOOKS + " > 0", "subtask_index").entrySet().stream()
                        .allMatch(look -> look.getValue() >= looks.getOrDefault(look.getKey(), 0L) + 2));

        Map<Integer, Long> lag = values(prometheus, LAG, "partition");
        Map<Integer, Long> durable = values(prometheus, DURABLE_OFFSET, "partition");

        Map<Integer, Long> stableAfter = stored.lastStable(BROKER.admin(), 2);
        Map<Integer, Long> durableAfter = stored.coveredUpTo();
        assertThat(lag).containsOnlyKeys(0, 1);
        assertThat(durable).containsOnlyKeys(0, 1);
        for (int partition = 0; partition < 2; partition++) {
            long from = durableBefore.getOrDefault(partition, 0L);
            long to = durableAfter.getOrDefault(partition, 0L);
            assertThat(lag.get(partition))
                    .as("lag of partition %d", partition)
                    .isBetween(
                            Math.max(0, stableBefore.getOrDefault(partition, 0L) - to),
                            stableAfter.getOrDefault(partition, 0L) - from);
            assertThat(durable.get(partition))
                    .as("durable offset of partition %d", partition)
                    .isBetween(from, to);
        }
    }

    /** By the number in a label. */
    private static Map<Integer, Long> values(Prometheus prometheus, String expression, String label)
            throws IOException, InterruptedException {
        Map<Integer, Long> values = new TreeMap<>();
        for (JsonNode found : prometheus.query(expression)) {
            values.put(found.at("/metric/" + label).asInt(), (long)
                    found.at("/value/1").asDouble());
        }
        return values;
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
            arguments.addAll(List.of("--lag-interval", "300ms", "--maintenance-interval", "2s"));
        }
        arguments.addAll(List.of(options));
        return KafkaBackupProcess.start(folder, arguments);
    }
}
