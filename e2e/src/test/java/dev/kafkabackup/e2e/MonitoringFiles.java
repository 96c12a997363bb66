// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code monitoring/} of the repository holds. */
final class MonitoringFiles {

    private static final Path FOLDER =
            Path.of("..", "monitoring").toAbsolutePath().normalize();

    private MonitoringFiles() {}

    static Path rules() {
        return FOLDER.resolve("rules/kafka-backup.yml");
    }

    static Path ruleTests() {
        return FOLDER.resolve("tests/kafka-backup.yml");
    }

    static Path prometheusConfig() {
        return FOLDER.resolve("prometheus.yml");
    }

    static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(Files.readString(FOLDER.resolve("grafana/dashboards/kafka-backup.json")));
    }

    /** Every expression of the dashboard, with values for its variables. */
    static List<String> dashboardExpressions() throws IOException {
        List<String> expressions = new ArrayList<>();
        for (JsonNode panel : dashboard().get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                expressions.add(
                        target.get("expr").asText().replace("$job", ".*").replace("$__rate_interval", "10s"));
            }
        }
        return expressions;
    }
}
