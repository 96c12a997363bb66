// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A standalone session cluster: a JobManager and TaskManagers, each in a process of its own. */
final class FlinkCluster implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(90);
    static final int SLOTS = 2;

    private static final String JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
    private static final String APPLICATION =
            "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint";
    private static final String TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

    private final Path folder;
    private final Path conf;
    private final List<String> settings;
    private final int restPort;
    private final List<List<String>> jobManagerParameters;
    private final List<List<String>> taskManagerParameters;
    private final List<FlinkProcess> taskManagers = new ArrayList<>();
    private FlinkProcess jobManager;
    private int started;

    private FlinkCluster(Path folder, URI s3) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.conf = folder.resolve("conf");
        FlinkProcess.writeConfiguration(conf, s3);
        int[] ports = FreePorts.several(3);
        this.restPort = ports[0];
        this.settings = Stream.of(
                        "rest.port=" + restPort,
                        "jobmanager.rpc.port=" + ports[1],
                        "blob.server.port=" + ports[2],
                        "metrics.reporter.prometheus.port=0",
                        "taskmanager.memory.process.size=900m",
                        "jobmanager.memory.process.size=900m",
                        "taskmanager.numberOfTaskSlots=" + SLOTS,
                        // a test does not wait as long as an operator may
                        "heartbeat.interval=500ms",
                        "heartbeat.timeout=15s",
                        "cluster.registration.error-delay=500ms",
                        "io.tmp.dirs=" + Files.createDirectories(this.folder.resolve("tmp")))
                .flatMap(setting -> Stream.of("-D", setting))
                .toList();
        CompletableFuture<List<List<String>>> ofTaskManagers = SideBySide.begin(
                () -> FlinkProcess.resourceParameters(conf, folder, "GET_TM_RESOURCE_PARAMS", settings));
        this.jobManagerParameters = FlinkProcess.resourceParameters(conf, folder, "GET_JM_RESOURCE_PARAMS", settings);
        startJobManager();
        this.taskManagerParameters = ofTaskManagers.join();
    }

    /** Starts a cluster; returns when all its slots are there. */
    static FlinkCluster start(Path folder, URI s3, int taskManagers) throws Exception {
        FlinkCluster cluster = new FlinkCluster(folder, s3);
        try {
            for (int i = 0; i < taskManagers; i++) {
                cluster.startTaskManager();
            }
            cluster.awaitSlots(taskManagers * SLOTS);
            return cluster;
        } catch (Exception | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts the JobManager, with no memory of the one before. */
    void startJobManager() throws IOException {
        jobManager = start("jobmanager", JOB_MANAGER, jobManagerParameters, Map.of(), List.of());
    }

    /**
     * Starts a JobManager that runs one program and ends with it, in place of one that was killed.
     *
     * @param jar holds the program
     * @param options of Flink and of the program
     */
    void startApplication(Path jar, String mainClass, List<String> options) throws IOException {
        Path home = Files.createDirectories(folder.resolve("application-" + (started + 1)));
        Files.copy(jar, Files.createDirectories(home.resolve("usrlib")).resolve(jar.getFileName()));
        List<String> all = new ArrayList<>(List.of("--job-classname", mainClass));
        all.addAll(options);
        jobManager = start(
                "application",
                APPLICATION,
                jobManagerParameters,
                Map.of(
                        "FLINK_LIB_DIR",
                        Files.createDirectories(home.resolve("lib")).toString()),
                all);
    }

    /** Waits for the good end of the program of {@link #startApplication}. */
    void awaitEndOfApplication() throws Exception {
        jobManager.awaitSuccess();
    }

    void startTaskManager() throws IOException {
        taskManagers.add(start(
                "taskmanager",
                TASK_MANAGER,
                taskManagerParameters,
                Map.of(),
                List.of("-D", "taskmanager.resource-id=taskmanager-" + (started + 1))));
    }

    private FlinkProcess start(
            String name,
            String mainClass,
            List<List<String>> parameters,
            Map<String, String> environment,
            List<String> more)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--configDir", conf.toString()));
        arguments.addAll(settings);
        arguments.addAll(parameters.get(1));
        arguments.addAll(more);
        Map<String, String> all = new HashMap<>(credentials());
        all.putAll(environment);
        return FlinkProcess.start(conf, folder, name + "-" + ++started, all, parameters.get(0), mainClass, arguments);
    }

    private static Map<String, String> credentials() {
        return Map.of("AWS_ACCESS_KEY_ID", S3Proxy.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", S3Proxy.SECRET_KEY);
    }

    /** Kills the JobManager with SIGKILL. */
    void killJobManager() {
        jobManager.close();
    }

    /** Kills the oldest TaskManager that is left with SIGKILL. */
    void killTaskManager() {
        taskManagers.remove(0).close();
    }

    /** What {@code --flink} takes. */
    String address() {
        return "localhost:" + restPort;
    }

    /** The configuration of the cluster, for whoever gives it jobs. */
    Path conf() {
        return conf;
    }

    FlinkRest rest() {
        return new FlinkRest(URI.create("http://" + address()));
    }

    /** Runs {@code flink} with these arguments; returns what it printed. */
    List<String> flink(String action, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(action, "-D", "rest.port=" + restPort));
        settings.stream()
                .filter(setting -> setting.startsWith("s3."))
                .forEach(setting -> all.addAll(List.of("-D", setting)));
        all.addAll(List.of(arguments));
        try (FlinkProcess client = FlinkProcess.start(
                conf,
                folder,
                "flink-" + action + "-" + ++started,
                credentials(),
                List.of("-Xmx256m"),
                "org.apache.flink.client.cli.CliFrontend",
                all)) {
            return client.awaitSuccess();
        }
    }

    /** The logs of all its processes so far, and of the programs that gave it jobs. */
    List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> logs =
                    files.filter(file -> file.toString().endsWith(".log")).toList();
            assertThat(logs).hasSizeGreaterThan(2);
            return logs;
        }
    }

    /** Waits until so many slots are free. */
    void awaitSlots(int count) {
        await(count + " free slots").atMost(PATIENCE).until(() -> {
            assertThat(jobManager.isAlive()).as("%s runs", jobManager).isTrue();
            try {
                return rest().get("/overview").get("slots-available").asInt() >= count;
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** A job jar of the distribution. */
    static Path jar(String name) {
        return Path.of(System.getProperty("dist.dir"))
                .resolve("jobs")
                .resolve(name)
                .toAbsolutePath();
    }

    @Override
    public void close() {
        taskManagers.forEach(FlinkProcess::close);
        jobManager.close();
    }
}
