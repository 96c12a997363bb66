// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The dashboard has the form that Grafana imports. */
class DashboardTest {

    private static final int COLUMNS = 24;
    private static final Set<String> KINDS = Set.of("row", "stat", "gauge", "timeseries", "table");

    @Test
    void itHasWhatGrafanaNeedsOfADashboard() throws IOException {
        JsonNode dashboard = MonitoringFiles.dashboard();

        assertThat(dashboard.path("uid").asText()).isNotEmpty();
        assertThat(dashboard.path("title").asText()).isNotEmpty();
        assertThat(dashboard.path("schemaVersion").isInt()).isTrue();
        assertThat(dashboard.path("id").isMissingNode())
                .as("an id of one Grafana")
                .isTrue();
        assertThat(dashboard.path("time").path("from").asText()).isNotEmpty();
        assertThat(dashboard.at("/templating/list").findValuesAsText("name")).contains("datasource", "job");
    }

    @Test
    void panelsAreWholeHaveIdsOfTheirOwnAndDoNotOverlap() throws IOException {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : MonitoringFiles.dashboard().get("panels")) {
            String title = panel.path("title").asText();
            assertThat(title).isNotEmpty();
            assertThat(ids.add(panel.get("id").asInt())).as("id of %s", title).isTrue();
            assertThat(KINDS).contains(panel.get("type").asText());
            for (String cell : cells(panel.get("gridPos"))) {
                assertThat(cells.add(cell)).as("%s at %s", title, cell).isTrue();
            }
            if (!panel.get("type").asText().equals("row")) {
                assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                        .as("unit of %s", title)
                        .isNotEmpty();
                assertTargets(panel, title);
            }
        }
    }

    private static void assertTargets(JsonNode panel, String title) {
        assertThat(panel.path("targets")).as("targets of %s", title).isNotEmpty();
        Set<String> references = new HashSet<>();
        for (JsonNode target : panel.get("targets")) {
            assertThat(references.add(target.path("refId").asText())).isTrue();
            assertThat(target.path("expr").asText()).isNotEmpty();
            assertThat(target.at("/datasource/uid").asText()).isEqualTo("${datasource}");
        }
    }

    private static List<String> cells(JsonNode position) {
        int x = position.get("x").asInt();
        int width = position.get("w").asInt();
        assertThat(x + width).isLessThanOrEqualTo(COLUMNS);
        List<String> cells = new ArrayList<>();
        for (int column = x; column < x + width; column++) {
            for (int row = 0; row < position.get("h").asInt(); row++) {
                cells.add(column + "," + (position.get("y").asInt() + row));
            }
        }
        return cells;
    }
}
