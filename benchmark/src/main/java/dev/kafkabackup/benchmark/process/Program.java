// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command that is run to its end in a process of its own. Its output goes to a file.
 *
 * @param command the program and its arguments
 * @param environment what is set besides what this process has
 */
public record Program(List<String> command, Map<String, String> environment) {

    /** What Flink's own scripts open on Java 17 and later, for programs with Flink in them. */
    private static final List<String> OPENED = List.of(
            "java.lang",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "sun.nio.ch",
            "java.text",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "java.util.concurrent.locks");

    /** What the product's own command tells the JVM, so that none is better off. */
    private static final List<String> AS_THE_PRODUCT = List.of(
            "-XX:+UseParallelGC",
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4MinInvocationThreshold=6000",
            "-XX:Tier4CompileThreshold=150000",
            "-XX:Tier4BackEdgeThreshold=400000");

    /** The second line of the shell's {@code times}: user and system time of what the shell waited for. */
    private static final Pattern TIME = Pattern.compile("(\\d+)m(\\d+(?:[.,]\\d+)?)s");

    /** Runs the rest of its arguments, and writes what they took to the first one. */
    private static final String MEASURE = "out=$1; shift; \"$@\"; code=$?; times > \"$out\"; exit $code";

    /** Copies both. */
    public Program {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /**
     * A main class of this module in a JVM of its own.
     *
     * @param heap as for {@code -Xmx}
     */
    public static Program java(Class<?> main, String heap, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.add("-Xmx" + heap);
        command.addAll(AS_THE_PRODUCT);
        OPENED.forEach(name -> command.addAll(List.of("--add-opens", "java.base/" + name + "=ALL-UNNAMED")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return new Program(command, Map.of());
    }

    /** The product's command, as it was built. */
    public static Program product(Path repository, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(repository.resolve("kafka-backup").toString());
        command.addAll(arguments);
        return new Program(command, Map.of("KAFKA_BACKUP_BUILD", "never"));
    }

    /** The same with one more variable in its environment. */
    public Program with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(environment);
        more.put(name, value);
        return new Program(command, more);
    }

    /**
     * Runs it.
     *
     * @param output takes standard output and standard error, is replaced
     * @throws FailedProgram if it ends with anything but 0
     */
    public Measured run(Path output) throws IOException, InterruptedException {
        Path times = output.resolveSibling(output.getFileName() + ".times");
        List<String> measured = new ArrayList<>(List.of("sh", "-c", MEASURE, "sh", times.toString()));
        measured.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(measured).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        Process process = builder.start();
        try {
            int code = process.waitFor();
            Duration wall = Duration.ofNanos(System.nanoTime() - begin);
            if (code != 0) {
                throw new FailedProgram("%s ended with %d, see %s".formatted(command.get(0), code, output));
            }
            return new Measured(wall, cpu(Files.readString(times)));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static Duration cpu(String times) {
        Matcher time = TIME.matcher(times.lines().skip(1).findFirst().orElse(""));
        Duration sum = Duration.ZERO;
        while (time.find()) {
            double seconds = Double.parseDouble(time.group(2).replace(',', '.'));
            sum = sum.plusMinutes(Long.parseLong(time.group(1))).plusMillis(Math.round(seconds * 1000));
        }
        return sum;
    }
}
