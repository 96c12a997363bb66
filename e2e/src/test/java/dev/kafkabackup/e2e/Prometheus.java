// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Prometheus of its own, in a process, that scrapes every second. */
final class Prometheus implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final String address;

    private Prometheus(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Starts one with the rules of the repository; returns when it answers. */
    static Prometheus start(Path folder, List<Integer> targets) throws IOException {
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                global:
                  scrape_interval: 1s
                  evaluation_interval: 1s
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: flink
                    static_configs:
                      - targets: [%s]
                """.formatted(
                        MonitoringFiles.rules(),
                        String.join(
                                ", ",
                                targets.stream()
                                        .map(port -> "\"127.0.0.1:" + port + "\"")
                                        .toList())));
        String address = "127.0.0.1:" + FreePorts.one();
        Process process = new ProcessBuilder(
                        Programs.find("prometheus"),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("prometheus-data"),
                        "--web.listen-address=" + address)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        Prometheus prometheus = new Prometheus(process, address);
        await("Prometheus to be ready").atMost(PATIENCE).until(prometheus::isReady);
        return prometheus;
    }

    /** Runs promtool; it has to find nothing wrong. */
    static void promtool(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Programs.find("promtool")));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("promtool.log");
        int exitCode = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        assertThat(exitCode).as("%s: %s", command, Files.readString(output)).isZero();
    }

    private boolean isReady() throws InterruptedException {
        assertThat(process.isAlive()).as("Prometheus runs").isTrue();
        try {
            return send("/-/ready").statusCode() == 200;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> send(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://" + address + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What is found now; fails if the expression is wrong. */
    JsonNode query(String expression) throws IOException, InterruptedException {
        JsonNode answer = json("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        assertThat(answer.path("status").asText())
                .as("%s: %s", expression, answer)
                .isEqualTo("success");
        return answer.at("/data/result");
    }

    /** The rules, as Prometheus has them. */
    List<JsonNode> rules() throws IOException, InterruptedException {
        List<JsonNode> rules = new ArrayList<>();
        json("/api/v1/rules")
                .at("/data/groups")
                .forEach(group -> group.get("rules").forEach(rules::add));
        return rules;
    }

    private JsonNode json(String path) throws IOException, InterruptedException {
        return new ObjectMapper().readTree(send(path).body());
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
