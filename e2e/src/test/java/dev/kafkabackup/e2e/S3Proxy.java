// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3 server in a process of its own; its objects are files in a folder. */
final class S3Proxy implements AutoCloseable {

    static final String ACCESS_KEY = "e2e-access-key";
    static final String SECRET_KEY = "e2e-secret-key-that-nobody-may-see";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern STARTED = Pattern.compile("Started .*ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}");

    private static final Pattern BEING_WRITTEN = Pattern.compile(".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Process process;
    private final URI endpoint;
    private final Path data;

    private S3Proxy(Process process, URI endpoint, Path data) {
        this.process = process;
        this.endpoint = endpoint;
        this.data = data;
    }

    /** Starts a server that keeps everything in the folder; returns when it serves requests. */
    static S3Proxy start(Path folder) throws IOException {
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
            return new S3Proxy(process, URI.create("http://127.0.0.1:" + port), data);
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
    URI endpoint() {
        return endpoint;
    }

    /** Removes what it was just writing when it was killed: this server would show it, as no object store does. */
    void removeUnfinished() throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(path ->
                            BEING_WRITTEN.matcher(path.getFileName().toString()).matches())
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    /** Where the objects of a bucket are files under their keys. */
    Path files(String bucket) {
        return data.resolve(bucket);
    }

    /** A client with the right keys; the caller closes it. */
    S3Client client() {
        return S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    /** Answers nobody any more, and keeps all connections. */
    void freeze() throws InterruptedException {
        Signals.send(process, "STOP");
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
