// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.embedded;

import dev.kafkabackup.cli.flink.Counters;
import dev.kafkabackup.cli.flink.Flink;
import dev.kafkabackup.cli.flink.FlinkJob;
import dev.kafkabackup.cli.flink.FlinkSettings;
import dev.kafkabackup.cli.flink.JobEnd;
import dev.kafkabackup.error.FailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink of one TaskManager in this process, with its web UI on loopback. Its temporary folder is new at every start
 * and removed at the end; so are checkpoints, unless a {@link CheckpointFolder} keeps them.
 */
public final class EmbeddedFlink implements Flink {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFlink.class);

    private static final int WEB_PORTS_TRIED = 100;
    /** How old the figures of the web UI may be; as in flink-conf. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    private final Configuration configuration;
    private final MiniCluster cluster;
    private final Path folder;
    private final JobCounters counters;

    private EmbeddedFlink(Configuration configuration, MiniCluster cluster, Path folder, JobCounters counters) {
        this.configuration = configuration;
        this.cluster = cluster;
        this.folder = folder;
        this.counters = counters;
    }

    /**
     * Starts it.
     *
     * @param flinkConf settings that the user brought; what they leave open is set here
     * @param slots how many subtasks can run
     * @param webPort first port to try for the web UI; 0 for any
     */
    public static EmbeddedFlink start(Configuration flinkConf, int slots, int webPort) {
        return start(flinkConf, slots, webPort, null);
    }

    /**
     * Starts it.
     *
     * @param flinkConf settings that the user brought; what they leave open is set here
     * @param slots how many subtasks can run
     * @param webPort first port to try for the web UI; 0 for any
     * @param checkpoints where the job keeps its checkpoints, and finds those of the start before; null if starting
     *     again means to have no state
     */
    public static EmbeddedFlink start(
            Configuration flinkConf, int slots, int webPort, @Nullable CheckpointFolder checkpoints) {
        Path folder = temporaryFolder();
        try {
            Configuration configuration = FlinkSettings.ofJobs(flinkConf);
            if (checkpoints != null) {
                configuration.addAll(checkpoints.settings(folder.resolve("state")));
            }
            return startIn(folder, configuration, slots, webPort);
        } catch (RuntimeException e) {
            deleteFolder(folder);
            throw e;
        }
    }

    private static EmbeddedFlink startIn(Path folder, Configuration configuration, int slots, int webPort) {
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.ADDRESS, "127.0.0.1");
        configuration.set(
                RestOptions.BIND_PORT,
                webPort == 0 ? "0" : webPort + "-" + Math.min(65_535, webPort + WEB_PORTS_TRIED));
        configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, HEARTBEAT);
        configuration.set(CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
        configuration.set(WebOptions.TMP_DIR, folder.resolve("tmp").toString());
        if (!configuration.contains(CheckpointingOptions.CHECKPOINTS_DIRECTORY)) {
            configuration.set(
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                    folder.resolve("checkpoints").toUri().toString());
        }
        if (!configuration.contains(RestartStrategyOptions.RESTART_STRATEGY)) {
            configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        }
        // nothing here sorts, joins or keeps state in managed memory, and nothing is shuffled
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
        JobCounters counters = new JobCounters();
        counters.register(configuration);
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .setRpcServiceSharing(RpcServiceSharing.SHARED)
                .build());
        try {
            Files.createDirectories(folder.resolve("tmp"));
            cluster.start();
        } catch (Exception e) {
            throw new FailedException("Flink cannot be started in this process: " + e.getMessage(), e);
        }
        return new EmbeddedFlink(configuration, cluster, folder, counters);
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("kafka-backup-");
        } catch (IOException e) {
            throw new FailedException("No temporary folder can be made: " + e + "; check -Djava.io.tmpdir", e);
        }
    }

    @Override
    public StreamExecutionEnvironment environment() {
        return new StreamExecutionEnvironment(configuration);
    }

    @Override
    public Optional<Counters> counters() {
        return Optional.of(counters);
    }

    @Override
    public Optional<URI> webUi() {
        return Optional.of(webUiAddress());
    }

    /** Where the web UI is. */
    public URI webUiAddress() {
        return cluster.getRestAddress().join();
    }

    @Override
    public boolean endsWithItsJobs() {
        return true;
    }

    /** Starts the job that was built in the environment. */
    public Job submit(StreamExecutionEnvironment environment, String name) {
        return submit(environment, name, List.of());
    }

    @Override
    public Job submit(StreamExecutionEnvironment environment, String name, List<URI> jars) {
        var graph = environment.getStreamGraph();
        graph.setJobName(name);
        JobGraph job = graph.getJobGraph();
        jars.forEach(jar -> job.addJar(new org.apache.flink.core.fs.Path(jar)));
        JobID id = cluster.submitJob(job).join().getJobID();
        return new Job(id, cluster.requestJobResult(id));
    }

    /** Ends what is running, but does not wait for long where something hangs: the process is to end now. */
    @Override
    public void close() {
        try {
            cluster.closeAsync().get(CLOSE_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.warn("Flink still waits for something that hangs, most likely the storage; the process ends anyway");
        } catch (ExecutionException e) {
            LOG.warn("Flink did not stop in good order: {}", e.toString());
        }
        deleteFolder(folder);
    }

    private static void deleteFolder(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(EmbeddedFlink::delete);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("The temporary folder {} could not be removed: {}", folder, e.toString());
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A running job. */
    public final class Job implements FlinkJob {

        private final JobID id;
        private final CompletableFuture<JobResult> result;

        private Job(JobID id, CompletableFuture<JobResult> result) {
            this.id = id;
            this.result = result;
        }

        @Override
        public String id() {
            return id.toHexString();
        }

        /** Whether the job has ended, in whatever way. */
        public boolean isDone() {
            return result.isDone();
        }

        @Override
        public boolean awaitEnd(CompletableFuture<String> stop) {
            CompletableFuture.anyOf(result, stop).join();
            if (!result.isDone()) {
                return false;
            }
            JobEnd.requireSuccess(result.join());
            return true;
        }

        /**
         * Waits for the job's end.
         *
         * @throws FailedException if the job failed
         */
        public void awaitEnd() {
            JobEnd.requireSuccess(result.join());
        }

        /**
         * Stops the job as at the end of its input: everything that was read is published.
         *
         * @return false if it did not end in time
         */
        public boolean stop(Duration timeout) {
            long end = System.nanoTime() + timeout.toNanos();
            CompletableFuture<?> stopped = tryToStop();
            while (!result.isDone() && System.nanoTime() < end) {
                if (stopped.isCompletedExceptionally()) {
                    // a job that is just starting, or restarting, cannot be stopped with a savepoint; soon it can
                    stopped = tryToStop();
                }
                try {
                    result.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    LOG.trace("Still running");
                } catch (ExecutionException e) {
                    LOG.debug("The job ended with a failure while it was stopped", e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            if (!result.isDone()) {
                // tasks that are cancelled have not failed, and do not say so
                cluster.cancelJob(id).exceptionally(e -> null).join();
                return false;
            }
            return !result.isCompletedExceptionally() && result.join().isSuccess();
        }

        private CompletableFuture<?> tryToStop() {
            String savepoint = folder.resolve("savepoint").toUri().toString();
            return cluster.stopWithSavepoint(id, savepoint, true, SavepointFormatType.NATIVE);
        }
    }
}
