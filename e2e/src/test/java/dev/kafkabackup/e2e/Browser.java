// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A Chromium without a window, with one page, driven over the protocol of its developer tools. */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Map<Integer, CompletableFuture<JsonNode>> questions = new ConcurrentHashMap<>();
    private final WebSocket socket;
    private final String session;
    private int asked;

    private Browser(Process process, URI address) throws Exception {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address, new Answers())
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        String page = send("", "Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .asText();
        this.session = send("", "Target.attachToTarget", Map.of("targetId", page, "flatten", true))
                .get("sessionId")
                .asText();
    }

    /** Starts one that keeps all its files in the folder. */
    static Browser start(Path folder) throws Exception {
        Path profile = Files.createDirectories(folder.resolve("browser"));
        Process process = new ProcessBuilder(
                        Programs.find("chromium"),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--hide-scrollbars",
                        "--window-size=1440,900",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("browser.log").toFile())
                .start();
        try {
            // it writes down where it listens: a port, and the path of the browser as a whole
            Path told = profile.resolve("DevToolsActivePort");
            List<String> lines = await("the browser to start")
                    .atMost(PATIENCE)
                    .until(
                            () -> Files.exists(told) ? Files.readAllLines(told) : List.<String>of(),
                            all -> all.size() > 1);
            return new Browser(process, URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)));
        } catch (Exception | AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private final class Answers implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                answer(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void answer(String text) {
        try {
            JsonNode message = JSON.readTree(text);
            CompletableFuture<JsonNode> waiting =
                    questions.remove(message.path("id").asInt());
            if (waiting != null) {
                waiting.complete(message);
            }
        } catch (IOException e) {
            questions.values().forEach(waiting -> waiting.completeExceptionally(e));
        }
    }

    private JsonNode send(String toSession, String method, Map<String, ?> parameters) throws Exception {
        int id = ++asked;
        Map<String, Object> message = new HashMap<>(Map.of("id", id, "method", method, "params", parameters));
        if (!toSession.isEmpty()) {
            message.put("sessionId", toSession);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        questions.put(id, answer);
        socket.sendText(JSON.writeValueAsString(message), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        JsonNode answered = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(answered.has("error")).as("%s: %s", method, answered).isFalse();
        return answered.get("result");
    }

    /** Goes to a page, and does not wait for what its scripts show. */
    void open(String address) throws Exception {
        send(session, "Page.navigate", Map.of("url", address));
    }

    /** What an expression of JavaScript has as its value in the page. */
    JsonNode evaluate(String expression) throws Exception {
        JsonNode answer = send(session, "Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        assertThat(answer.has("exceptionDetails"))
                .as("%s: %s", expression, answer)
                .isFalse();
        return answer.at("/result/value");
    }

    /** All text that the page shows. */
    String text() throws Exception {
        return evaluate("document.body.innerText").asText();
    }

    /** A picture of what the page shows, as PNG; nothing in it is on its way, or dimmed because it is being loaded. */
    void screenshot(Path file) throws Exception {
        await("everything to be loaded")
                .atMost(PATIENCE)
                .until(() -> evaluate("document.querySelectorAll('.ant-spin-blur').length")
                                .asInt()
                        == 0);
        evaluate("document.head.appendChild(document.createElement('style')).textContent ="
                + " '*, *::before, *::after { transition: none !important; animation: none !important }'");
        JsonNode picture = send(session, "Page.captureScreenshot", Map.of("format", "png"));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(picture.get("data").asText()));
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
