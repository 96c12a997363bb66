// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * S3Proxy in a process of its own; its objects are files in a folder. The jar is the one that the system property
 * {@code s3proxy.jar} names.
 */
public final class S3Server implements AutoCloseable {

    public static final String ACCESS_KEY = "e2e-access-key";
    public static final String SECRET_KEY = "e2e-secret-key-that-nobody-may-see";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern STARTED = Pattern.compile("Started .*ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}");

    private static final Pattern BEING_WRITTEN = Pattern.compile(".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Process process;
    private final URI endpoint;
    private final Path data;

    private S3Server(Process process, URI endpoint, Path data) {
        this.process = process;
        this.endpoint = endpoint;
        this.data = data;
    }

    /** Starts a server that keeps everything in the folder; returns when it serves requests. */
    public static S3Server start(Path folder) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        Path log = folder.resolve("s3proxy.log");
        Path properties =
                Files.writeString(folder.resolve("s3proxy.properties"), """
                s3proxy.endpoint=http://127.0.0.1:0
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem-nio2
                jclouds.filesystem.basedir=%s
                """.formatted(ACCESS_KEY, SECRET_KEY, data));
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx256m",
                        // it starts quickly, and does little
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-jar",
                        System.getProperty("s3proxy.jar"),
                        "--properties",
                        properties.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            // It says itself where it listens.
            int port = await("s3proxy to start")
                    .atMost(PATIENCE)
                    .until(() -> port(process, log), Optional::isPresent)
                    .orElseThrow();
            return new S3Server(process, URI.create("http://127.0.0.1:" + port), data);
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static Optional<Integer> port(Process process, Path log) throws IOException {
        String printed = Files.readString(log);
        if (!process.isAlive()) {
            throw new IllegalStateException("s3proxy has ended: " + printed);
        }
        return STARTED.matcher(printed)
                .results()
                .map(MatchResult::group)
                .map(line -> Integer.valueOf(line.replaceAll(".*:(\\d+)}$", "$1")))
                .findFirst();
    }

    /** Where clients find it. */
    public URI endpoint() {
        return endpoint;
    }

    /** Flink's settings for it. */
    public Map<String, String> flinkSettings() {
        return Map.of(
                "s3.endpoint",
                endpoint.toString(),
                "s3.path.style.access",
                "true",
                "s3.access-key",
                ACCESS_KEY,
                "s3.secret-key",
                SECRET_KEY);
    }

    /** Where the objects of a bucket are files under their keys; a folder that is made there is a bucket. */
    public Path files(String bucket) {
        return data.resolve(bucket);
    }

    /** Removes what it was just writing when it was killed: this server would show it, as no object store does. */
    public void removeUnfinished() throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(path ->
                            BEING_WRITTEN.matcher(path.getFileName().toString()).matches())
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    /** The process itself, to send it signals. */
    public Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
