// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Starts Flink's own programs as its scripts do, with the configuration that the product ships. */
final class FlinkProcess implements AutoCloseable {

    private static final String CONFIG = "config.yaml";

    /** What the product ships. */
    private static final Path SHIPPED = Path.of(System.getProperty("dist.dir"), "../../../flink-conf")
            .toAbsolutePath()
            .normalize();

    private static final Path FLINK = Path.of(System.getProperty("flink.dir")).toAbsolutePath();
    private static final Pattern JAVA_OPTIONS = Pattern.compile("env\\.java\\.opts\\.all: >-\\n((?: {2}\\S.*\\n)+)");
    private static final String RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:";
    private static final long PATIENCE_SECONDS = 90;

    private final Process process;
    private final Path output;

    private FlinkProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Copies the configuration that the product ships, and adds to it what every user has to. */
    static void writeConfiguration(Path folder, URI s3) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(SHIPPED)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Files.writeString(
                folder.resolve(CONFIG),
                "s3.endpoint: %s%ns3.path.style.access: true%n".formatted(s3),
                StandardOpenOption.APPEND);
    }

    /**
     * Starts a program.
     *
     * @param conf folder from {@link #writeConfiguration}
     * @param folder gets {@code <name>.log} and {@code <name>.out}
     * @param options of the JVM
     */
    static FlinkProcess start(
            Path conf,
            Path folder,
            String name,
            Map<String, String> environment,
            List<String> options,
            String mainClass,
            List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(options);
        command.addAll(javaOptions(conf));
        // short runs: what the second compiler makes would come too late
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Dlog.file=" + folder.resolve(name + ".log"));
        command.add(
                "-Dlog4j.configurationFile=" + conf.resolve("log4j.properties").toUri());
        command.add("-cp");
        command.add(FLINK.resolve("lib") + "/*");
        command.add(mainClass);
        command.addAll(arguments);
        Path output = folder.resolve(name + ".out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("FLINK_CONF_DIR", conf.toString());
        builder.environment().put("FLINK_PLUGINS_DIR", FLINK.resolve("plugins").toString());
        builder.environment().putAll(environment);
        return new FlinkProcess(builder.start(), output);
    }

    private static List<String> javaOptions(Path conf) throws IOException {
        Matcher matcher = JAVA_OPTIONS.matcher(Files.readString(conf.resolve(CONFIG)));
        assertThat(matcher.find())
                .as("env.java.opts.all in flink-conf/config.yaml")
                .isTrue();
        return List.of(matcher.group(1).strip().split("\\s+"));
    }

    /**
     * What Flink's scripts ask before they start a process: options of its JVM, and further arguments.
     *
     * @param what GET_JM_RESOURCE_PARAMS or GET_TM_RESOURCE_PARAMS
     */
    static List<List<String>> resourceParameters(Path conf, Path folder, String what, List<String> settings)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of(what, "--configDir", conf.toString()));
        arguments.addAll(settings);
        try (FlinkProcess asked = start(
                conf,
                folder,
                what,
                Map.of(),
                List.of(),
                "org.apache.flink.runtime.util.bash.BashJavaUtils",
                arguments)) {
            return asked.awaitSuccess().stream()
                    .filter(line -> line.startsWith(RESULT))
                    .map(line -> List.of(line.substring(RESULT.length()).strip().split("\\s+")))
                    .toList();
        }
    }

    /** Waits for its end, which must be a good one; returns what it printed. */
    List<String> awaitSuccess() throws Exception {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("%s ends", this)
                .isTrue();
        assertThat(process.exitValue()).as("exit code of %s", this).isZero();
        return Files.readAllLines(output);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it with SIGKILL; returns when it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public String toString() {
        try {
            return output + ":\n" + Files.readString(output);
        } catch (IOException e) {
            return output + ": " + e;
        }
    }
}
