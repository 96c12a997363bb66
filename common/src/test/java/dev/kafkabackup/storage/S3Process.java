// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * An S3 server that runs until it is closed.
 *
 * @param endpoint where clients find it
 */
record S3Process(Process process, URI endpoint) implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /**
     * Starts a server from its jar; returns when it says itself where it listens.
     *
     * @param log takes what it prints
     * @param announcement its first group is the port
     */
    static S3Process start(String jar, Path log, Pattern announcement, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                // it starts quickly, and does little
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                jar));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < giveUp) {
            Optional<MatchResult> announced =
                    announcement.matcher(Files.readString(log)).results().findFirst();
            if (announced.isPresent()) {
                return new S3Process(
                        process,
                        URI.create("http://127.0.0.1:" + announced.get().group(1)));
            }
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException(jar + " did not start: " + Files.readString(log));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
