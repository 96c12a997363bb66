// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kafkabackup.benchmark.data.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A run as one table and one JSON document.
 *
 * @param facts where and how it was measured, name and value
 * @param source all records of the source topic
 * @param log size of the source topic on the broker
 * @param results in the order of the table
 */
public record Report(List<Fact> facts, Fingerprint.Of source, LogBytes log, List<Result> results) {

    /**
     * Something that one has to know about the run.
     *
     * @param name what
     * @param value of it
     */
    public record Fact(String name, String value) {}

    /** Copies the lists. */
    public Report {
        facts = List.copyOf(facts);
        results = List.copyOf(results);
    }

    /** As Markdown, for people. */
    public String table() {
        StringBuilder text = new StringBuilder();
        for (Fact fact : facts) {
            text.append("- ")
                    .append(fact.name())
                    .append(": ")
                    .append(fact.value())
                    .append('\n');
        }
        text.append(
                "\n| | wall s (least - most) | MB/s | CPU s | CPU s per GB | stored / lz4 log | stored / zstd log |\n");
        text.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        for (Result result : results) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f (%.1f - %.1f) | %.0f | %.1f | %.1f | %s | %s |%n",
                    result.name(),
                    result.wallSeconds(),
                    result.shortestWallSeconds(),
                    result.longestWallSeconds(),
                    source.bytes() / 1e6 / result.wallSeconds(),
                    result.cpuSeconds(),
                    result.cpuSeconds() / (source.bytes() / 1e9),
                    share(result.storedBytes(), log.lz4()),
                    share(result.storedBytes(), log.zstd())));
        }
        text.append('\n');
        wallRatio(text, "backup", "stock job", "throughput of the backup against the stock job");
        wallRatio(text, "backup", "tuned stock job", "throughput of the backup against the tuned stock job");
        wallRatio(text, "backup", "consume + zstd", "throughput of the backup against consume + zstd");
        wallRatio(text, "backup", "consume", "throughput of the backup against consuming only");
        wallRatio(text, "maintenance on", "maintenance off", "throughput of a backup with maintenance against without");
        wallRatio(text, "restore", "produce", "throughput of the restore against producing only");
        cpuRatio(text, "backup", "consume + zstd", "CPU of the backup against consume + zstd");
        cpuRatio(text, "restore", "produce", "CPU of the restore against producing only");
        text.append('\n');
        for (Result result : results) {
            text.append("- ")
                    .append(result.name())
                    .append(": ")
                    .append(result.description())
                    .append('\n');
        }
        return text.toString();
    }

    private static String share(long stored, long log) {
        return stored < 0 ? "" : String.format(Locale.ROOT, "%.2f", (double) stored / log);
    }

    private void wallRatio(StringBuilder text, String one, String other, String what) {
        find(one)
                .ifPresent(a -> find(other)
                        .ifPresent(b -> text.append(String.format(
                                Locale.ROOT, "- %s: %.2f x%n", what, b.wallSeconds() / a.wallSeconds()))));
    }

    private void cpuRatio(StringBuilder text, String one, String other, String what) {
        find(one)
                .ifPresent(a -> find(other)
                        .ifPresent(b -> text.append(
                                String.format(Locale.ROOT, "- %s: %.2f x%n", what, a.cpuSeconds() / b.cpuSeconds()))));
    }

    private Optional<Result> find(String name) {
        return results.stream().filter(result -> result.name().equals(name)).findFirst();
    }

    /** Writes the same for programs. */
    public void writeJson(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        facts.forEach(fact -> root.put(fact.name(), fact.value()));
        root.put("records", source.records());
        root.put("bytes", source.bytes());
        root.put("lz4LogBytes", log.lz4()).put("zstdLogBytes", log.zstd());
        ArrayNode all = root.putArray("contestants");
        for (Result result : results) {
            ObjectNode node = all.addObject().put("name", result.name()).put("description", result.description());
            node.put("wallSeconds", result.wallSeconds()).put("cpuSeconds", result.cpuSeconds());
            if (result.storedBytes() >= 0) {
                node.put("storedBytes", result.storedBytes());
            }
            ArrayNode rounds = node.putArray("rounds");
            result.rounds()
                    .forEach(round -> rounds.addObject()
                            .put("wallMillis", round.wall().toMillis())
                            .put("cpuMillis", round.cpu().toMillis()));
        }
        Files.writeString(
                file, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + System.lineSeparator());
    }
}
