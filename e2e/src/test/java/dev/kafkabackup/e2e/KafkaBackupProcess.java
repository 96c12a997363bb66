// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One run of {@code ./kafka-backup} from the distribution that was built, in a process of its own.
 *
 * <p>The script ends with {@code exec}, so signals reach the JVM. Its output goes to files in the given folder, its
 * temporary files to {@code tmp} in it. A run that the test has not ended is killed on {@link #close()}.
 */
final class KafkaBackupProcess implements AutoCloseable {

    private static final AtomicInteger RUNS = new AtomicInteger();

    private final Process process;
    private final String command;
    private final Path output;
    private final Path errors;

    private KafkaBackupProcess(Process process, String command, Path output, Path errors) {
        this.process = process;
        this.command = command;
        this.output = output;
        this.errors = errors;
    }

    /** Starts a command in the folder. */
    static KafkaBackupProcess start(Path folder, List<String> arguments) {
        return start(folder, Map.of(), arguments);
    }

    /** Starts a command in the folder, with further environment variables. */
    static KafkaBackupProcess start(Path folder, Map<String, String> environment, List<String> arguments) {
        Path distribution = Path.of(System.getProperty("dist.dir")).toAbsolutePath();
        Path script = distribution.resolve("../../../kafka-backup").normalize();
        List<String> command = new ArrayList<>();
        command.add(script.toString());
        command.addAll(arguments);
        String name = RUNS.incrementAndGet() + "-" + (arguments.isEmpty() ? "none" : arguments.get(0));
        Path output = folder.resolve(name + ".out");
        Path errors = folder.resolve(name + ".err");
        try {
            Path temporary = Files.createDirectories(temporaryFolder(folder));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            builder.environment().remove("JAVA_OPTS");
            builder.environment().put("KAFKA_BACKUP_BUILD", "never");
            // These runs are short: what the second compiler makes would come too late.
            builder.environment()
                    .put("KAFKA_BACKUP_OPTS", "-XX:TieredStopAtLevel=1 -Djava.io.tmpdir=" + temporary.toAbsolutePath());
            builder.environment().putAll(environment);
            return new KafkaBackupProcess(
                    builder.start(), "kafka-backup " + String.join(" ", arguments), output, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where runs in the folder keep their temporary files, Flink's checkpoints included. */
    static Path temporaryFolder(Path folder) {
        return folder.resolve("tmp");
    }

    /** Asks the run to stop, as an operator or a container runtime does. */
    void sendTerm() {
        process.destroy();
    }

    /** Kills the run with SIGKILL; returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Stops the run where it is with SIGSTOP, as a machine that hangs does. */
    void freeze() throws InterruptedException {
        Signals.send(process, "STOP");
    }

    /** Lets a frozen run go on with SIGCONT, as if no time had passed. */
    void thaw() throws InterruptedException {
        Signals.send(process, "CONT");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The run ends by itself within the time, with this exit code. */
    void assertEndsWith(int exitCode, Duration patience) throws InterruptedException {
        assertThat(exitCode(patience)).as("exit code of %s", this).isEqualTo(exitCode);
    }

    /** Waits for its end, however it ends. */
    int exitCode(Duration patience) throws InterruptedException {
        assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
                .as("%s ends within %s", this, patience)
                .isTrue();
        return process.exitValue();
    }

    /** What it has printed to standard output so far. */
    List<String> outputLines() {
        return lines(output);
    }

    /** What it has printed to standard error so far. */
    List<String> errorLines() {
        return lines(errors);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** The command and all that it has printed, for messages. */
    @Override
    public String toString() {
        return "'%s'%nstandard error:%n  %s%nstandard output:%n  %s%n"
                .formatted(command, String.join("\n  ", errorLines()), String.join("\n  ", outputLines()));
    }
}
