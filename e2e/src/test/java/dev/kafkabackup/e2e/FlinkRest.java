// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Flink's REST interface, as a program of somebody else would use it. */
final class FlinkRest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** While it starts. */
    private static final int HTTP_UNAVAILABLE = 503;

    private static final String BOUNDARY = "----kafka-backup-e2e";

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI address;

    FlinkRest(URI address) {
        this.address = address;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address.resolve(path)).GET());
    }

    /** Everything that the web UI shows of the cluster and of a job. */
    List<JsonNode> allAbout(String job) throws IOException, InterruptedException {
        List<JsonNode> answers = new ArrayList<>();
        for (String page : List.of(
                "/config",
                "/jobmanager/config",
                "/jobmanager/environment",
                "/jars",
                "/jobs/overview",
                "/taskmanagers",
                "/jobs/" + job,
                "/jobs/" + job + "/config",
                "/jobs/" + job + "/plan",
                "/jobs/" + job + "/jobmanager/config",
                "/jobs/" + job + "/exceptions",
                "/jobs/" + job + "/checkpoints",
                "/jobs/" + job + "/checkpoints/config",
                "/jobs/" + job + "/accumulators")) {
            answers.add(get(page));
        }
        return answers;
    }

    JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() == HTTP_UNAVAILABLE) {
            throw new IOException(response.uri() + ": " + response.body());
        }
        assertThat(response.statusCode())
                .as("%s: %s", response.uri(), response.body())
                .isBetween(200, 299);
        return JSON.readTree(response.body());
    }

    /** {@code POST /jars/upload}; returns the jar's id. */
    String upload(Path jar) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                        + jar.getFileName() + "\"\r\nContent-Type: application/x-java-archive\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(Files.readAllBytes(jar));
        body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        String file = send(HttpRequest.newBuilder(address.resolve("/jars/upload"))
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())))
                .get("filename")
                .asText();
        return Path.of(file).getFileName().toString();
    }

    /** {@code POST /jars/:id/run}; returns the job's id. */
    String run(String jar, List<String> arguments, Map<String, ?> more) throws IOException, InterruptedException {
        Map<String, Object> body = new java.util.HashMap<>(more);
        body.put("programArgsList", arguments);
        return post("/jars/" + jar + "/run", body).get("jobid").asText();
    }

    /** Waits until every task of a job runs. */
    void awaitRunning(String job) {
        await("every task of job " + job + " to run")
                .atMost(PATIENCE)
                .until(() -> taskStates(job).stream().allMatch("RUNNING"::equals));
    }

    private List<String> taskStates(String job) throws IOException, InterruptedException {
        List<String> states = new ArrayList<>();
        get("/jobs/" + job)
                .get("vertices")
                .forEach(vertex -> states.add(vertex.get("status").asText()));
        return states;
    }

    /** The state as it is now: the page of the job itself is kept by Flink for web.refresh-interval, whoever asked. */
    String state(String job) throws IOException, InterruptedException {
        return get("/jobs/" + job + "/status").get("status").asText();
    }

    /** Stops a job with a savepoint, and returns where that is. */
    String stop(String job) throws IOException, InterruptedException {
        String trigger = post("/jobs/" + job + "/stop", Map.of("drain", false))
                .get("request-id")
                .asText();
        JsonNode answer = await("job " + job + " to stop")
                .atMost(PATIENCE)
                .until(
                        () -> get("/jobs/" + job + "/savepoints/" + trigger),
                        status -> status.get("status").get("id").asText().equals("COMPLETED"));
        assertThat(answer.get("operation").has("location")).as("%s", answer).isTrue();
        return answer.get("operation").get("location").asText();
    }
}
