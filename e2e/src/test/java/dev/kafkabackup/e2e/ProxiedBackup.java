// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import dev.kafkabackup.e2e.judge.BucketDownload;
import dev.kafkabackup.e2e.proxy.StorageProxy;
import dev.kafkabackup.testing.Turnstile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3Client;

/** A backup on an S3 server; every process that works on it reaches the storage through a proxy. */
final class ProxiedBackup implements AutoCloseable {

    /** Begins the client ids of the backup, and of no other client. */
    private static final String CLIENT = "kafka-backup-";

    static final String BUCKET = "backups";

    /** The option; small segments unless it is given. */
    static final String SEGMENT_BYTES = "--segment-bytes";

    private final Path folder;
    private final String bootstrapServers;
    private final S3Proxy server;
    private final StorageProxy proxy;
    private final Path flinkConf;
    private final AtomicInteger runs = new AtomicInteger();

    private ProxiedBackup(Path folder, String bootstrapServers, S3Proxy server, StorageProxy proxy, Path flinkConf) {
        this.folder = folder;
        this.bootstrapServers = bootstrapServers;
        this.server = server;
        this.proxy = proxy;
        this.flinkConf = flinkConf;
    }

    /** Starts a server without any object, and the proxy in front of it. */
    static ProxiedBackup start(Path folder, String bootstrapServers, Turnstile turnstile) throws IOException {
        return start(folder, bootstrapServers, turnstile, "");
    }

    /** @param settings more lines for {@code config.yaml} */
    static ProxiedBackup start(Path folder, String bootstrapServers, Turnstile turnstile, String settings)
            throws IOException {
        S3Proxy server = S3Proxy.start(Files.createDirectories(folder.resolve("s3")));
        try (S3Client client = server.client()) {
            client.createBucket(request -> request.bucket(BUCKET));
        }
        StorageProxy proxy = StorageProxy.start(server.endpoint(), turnstile);
        Path flinkConf = Files.createDirectories(folder.resolve("flink-conf-of-the-test"));
        Files.writeString(flinkConf.resolve("config.yaml"), """
                s3.endpoint: %s
                s3.path.style.access: true
                s3.access-key: %s
                s3.secret-key: %s
                s3.attempts.maximum: 2
                s3.retry.limit: 2
                s3.directory.marker.retention: keep
                %s
                """.formatted(
                        proxy.endpoint(), S3Proxy.ACCESS_KEY, S3Proxy.SECRET_KEY, settings));
        return new ProxiedBackup(folder, bootstrapServers, server, proxy, flinkConf);
    }

    /**
     * The kind of a request: those of the backup's Kafka clients under the client and the API, without the number of a
     * subtask; those for the storage without the path; nothing for other clients of Kafka.
     */
    static String kind(String request) {
        if (isStorage(request)) {
            return request.replaceFirst(" /.*", "");
        }
        return request.startsWith(CLIENT) ? request.replaceFirst("-\\d+ ", " ") : "";
    }

    /** Whether every run asks for it, and not only one that looks for what is not there yet. */
    static boolean isOfEveryRun(String kind) {
        return !kind.matches("HEAD .*|.* (root|folder)");
    }

    static boolean isStorage(String kind) {
        return kind.matches("(GET|HEAD|LIST|PUT|POST|DELETE) .*");
    }

    /** Runs the backup of the topics into a root, with everything at short intervals. */
    Run startBackup(String root, String include, String... options) {
        Path log = folder.resolve("backup-" + runs.incrementAndGet() + ".log");
        List<String> arguments = new ArrayList<>(List.of(
                "backup",
                "--bootstrap-server",
                bootstrapServers,
                "--storage",
                "s3://" + BUCKET + "/" + root,
                "--flink-conf",
                flinkConf.toString(),
                "--include",
                include,
                "--web-port",
                "0",
                "--discovery-interval",
                "1s",
                "--checkpoint-interval",
                "500ms",
                "--segment-age",
                "500ms",
                "--groups-interval",
                "1s",
                "--log-file",
                log.toString()));
        arguments.addAll(List.of(options));
        if (!arguments.contains(SEGMENT_BYTES)) {
            arguments.addAll(List.of(SEGMENT_BYTES, "64kb"));
        }
        return new Run(KafkaBackupProcess.start(folder, arguments), log);
    }

    /** Runs another command on a root. */
    KafkaBackupProcess command(String command, String root, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--bootstrap-server",
                bootstrapServers,
                "--storage",
                "s3://" + BUCKET + "/" + root,
                "--flink-conf",
                flinkConf.toString()));
        arguments.addAll(List.of(options));
        return KafkaBackupProcess.start(folder, arguments);
    }

    /** A process and its log. */
    record Run(KafkaBackupProcess process, Path log) implements AutoCloseable {

        /** How many lines of the log hold the text. */
        long count(String text) {
            try (Stream<String> lines = Files.exists(log) ? Files.lines(log) : Stream.of()) {
                return lines.filter(line -> line.contains(text)).count();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.close();
        }
    }

    /** A root as the server stores it: objects are files. */
    Path files(String root) {
        return server.files(BUCKET).resolve(root);
    }

    /** Where the server stores the object that a request for the storage is about. */
    Path file(String request) {
        return server.files(BUCKET).resolve(request.replaceFirst("[^/]*/" + BUCKET + "/", ""));
    }

    /** Lets the server answer nobody any more. */
    void freezeServer() throws InterruptedException {
        server.freeze();
    }

    /** Brings a root to a folder, where a judge can look at it, as any client of the server sees it. */
    void download(String root, Path target) throws IOException {
        try (S3Client client = server.client()) {
            BucketDownload.download(client, BUCKET, root + "/", target);
        }
    }

    /** Where {@code --checkpoint-dir} can point to. */
    Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    /** Deletes everything that Flink keeps. */
    void forgetFlinkState() throws IOException {
        for (Path file : flinkState()) {
            Files.delete(file);
        }
    }

    /** Cuts off the end of every checkpoint. */
    void damageFlinkState() throws IOException {
        for (Path file : flinkState()) {
            if (file.endsWith("_metadata")) {
                byte[] content = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(content, content.length / 2));
            }
        }
    }

    /** Files and folders, each folder behind what is in it. */
    private List<Path> flinkState() throws IOException {
        if (!Files.isDirectory(checkpoints())) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(checkpoints())) {
            return files.sorted(Comparator.reverseOrder()).toList();
        }
    }

    @Override
    public void close() throws IOException {
        try (proxy) {
            server.close();
        }
    }
}
