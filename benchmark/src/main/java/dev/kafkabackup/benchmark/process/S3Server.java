// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** An S3 server as a process; its objects are files. */
public final class S3Server implements AutoCloseable {

    /** There from the start. */
    public static final String BUCKET = "benchmark";

    /** For this server only. */
    public static final String ACCESS_KEY = "benchmark";

    /** For this server only. */
    public static final String SECRET_KEY = "benchmark-secret";

    private static final Pattern ANNOUNCEMENT =
            Pattern.compile("Started .*ServerConnector.*\\{(127\\.0\\.0\\.1:\\d+)}");

    private final Server server;
    private final Path data;

    private S3Server(Server server, Path data) {
        this.server = server;
        this.data = data;
    }

    /**
     * Starts it.
     *
     * @param jar of s3proxy with all that it needs
     */
    public static S3Server start(Path folder, Path jar) throws IOException, InterruptedException {
        Path data = folder.resolve("s3");
        Files.createDirectories(data.resolve(BUCKET));
        Path properties =
                Files.writeString(folder.resolve("s3proxy.properties"), """
                s3proxy.endpoint=http://127.0.0.1:0
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem-nio2
                jclouds.filesystem.basedir=%s
                """.formatted(ACCESS_KEY, SECRET_KEY, data));
        String java = ProcessHandle.current().info().command().orElse("java");
        Program program = new Program(
                List.of(java, "-Xmx512m", "-jar", jar.toString(), "--properties", properties.toString()), Map.of());
        return new S3Server(Server.start(program, folder.resolve("s3proxy.log"), ANNOUNCEMENT), data);
    }

    /** What Flink has to know to find it. */
    public String configuration() {
        return """
                s3.endpoint: http://%s
                s3.path.style.access: true
                """.formatted(server.address());
    }

    /** Where the objects of the bucket are files under their keys. */
    public Path bucket() {
        return data.resolve(BUCKET);
    }

    @Override
    public void close() {
        server.close();
    }
}
