// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A server in a process of its own, so that its CPU time is nobody's that is measured. Ends with this object. */
public final class Server implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final String address;

    private Server(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts it and waits until it says where it listens.
     *
     * @param output takes what it prints, is replaced
     * @param announcement its first group is the address
     * @throws FailedProgram if it ends, or says nothing within a minute
     */
    public static Server start(Program program, Path output, Pattern announcement)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(program.command()).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(program.environment());
        Process process = builder.start();
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (System.nanoTime() < giveUp) {
                Optional<MatchResult> found =
                        announcement.matcher(Files.readString(output)).results().findFirst();
                if (found.isPresent()) {
                    return new Server(process, found.get().group(1));
                }
                if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
            throw new FailedProgram("A server did not start, see " + output);
        } catch (IOException | InterruptedException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Where it listens. */
    public String address() {
        return address;
    }

    /** User and system time since its start. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /**
     * Asks it to end, as an operator does.
     *
     * @return its exit code
     * @throws FailedProgram if it does not end within a minute
     */
    public int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new FailedProgram("A server did not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
