// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.session;

import dev.kafkabackup.cli.flink.Counters;
import dev.kafkabackup.cli.flink.Flink;
import dev.kafkabackup.cli.flink.FlinkJob;
import dev.kafkabackup.cli.flink.FlinkSettings;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.rest.handler.legacy.messages.ClusterOverviewWithVersion;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;

/** A Flink cluster that runs already and takes jobs. It goes on with them when nobody follows them any more. */
public final class SessionCluster implements Flink {

    /** A JobManager that is there answers at once; one that is busy gets a few tries. */
    private static final Duration ANSWER = Duration.ofSeconds(20);

    /** The job's jar has to get there. */
    private static final Duration SUBMISSION = Duration.ofMinutes(2);

    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final int RETRIES = 3;

    private final FlinkAddress address;
    private final Configuration configuration;
    private final URI jobJar;
    private final RestClusterClient<StandaloneClusterId> client;
    private final SessionCounters counters;

    private SessionCluster(
            FlinkAddress address,
            Configuration configuration,
            URI jobJar,
            RestClusterClient<StandaloneClusterId> client) {
        this.address = address;
        this.configuration = configuration;
        this.jobJar = jobJar;
        this.client = client;
        this.counters = new SessionCounters(client);
    }

    /**
     * Connects to a cluster and makes sure that it has room for a job.
     *
     * @param flinkConf settings that the user brought
     * @param parallelism how many slots the job needs
     * @param jobJar holds the classes of the job
     * @throws FailedException if nobody answers there
     * @throws RefusedException if the cluster is of another version of Flink, or has too few free slots
     */
    public static SessionCluster connect(FlinkAddress address, Configuration flinkConf, int parallelism, URI jobJar) {
        Configuration connection = new Configuration(FlinkSettings.ofJobs(flinkConf));
        flinkConf
                .getOptional(SecurityOptions.SSL_REST_ENABLED)
                .ifPresent(enabled -> connection.set(SecurityOptions.SSL_REST_ENABLED, enabled));
        connection.set(RestOptions.ADDRESS, address.host());
        connection.set(RestOptions.PORT, address.port());
        connection.set(RestOptions.CONNECTION_TIMEOUT, CONNECTION_TIMEOUT);
        connection.set(RestOptions.RETRY_MAX_ATTEMPTS, RETRIES);
        connection.set(RestOptions.RETRY_DELAY, RETRY_DELAY);
        try {
            SessionCluster cluster = new SessionCluster(
                    address,
                    connection,
                    jobJar,
                    new RestClusterClient<>(connection, StandaloneClusterId.getInstance()));
            try {
                cluster.requireRoom(parallelism);
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
            return cluster;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new FailedException("No client for the Flink cluster %s: %s".formatted(address, e.getMessage()), e);
        }
    }

    private void requireRoom(int parallelism) {
        ClusterOverviewWithVersion overview = answer(client.getClusterOverview(), ANSWER, "does not answer");
        String ours = org.apache.flink.runtime.util.EnvironmentInformation.getVersion();
        if (!overview.getVersion().equals(ours)) {
            throw new RefusedException(
                    "The Flink cluster %s is version %s, but the job is built for %s: its classes would not fit together"
                            .formatted(address, overview.getVersion(), ours));
        }
        if (overview.getNumSlotsAvailable() < parallelism) {
            throw new RefusedException(
                    "The Flink cluster %s has %d free slots, but the job needs %d: give it --parallelism %s, or start TaskManagers"
                            .formatted(
                                    address,
                                    overview.getNumSlotsAvailable(),
                                    parallelism,
                                    overview.getNumSlotsAvailable() == 0 ? "N" : overview.getNumSlotsAvailable()));
        }
    }

    /** What the cluster answers, within the time. */
    private <T> T answer(CompletableFuture<T> asked, Duration patience, String otherwise) {
        try {
            return asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new FailedException(
                    "The Flink cluster %s %s within %d s: check --flink"
                            .formatted(address, otherwise, patience.toSeconds()),
                    e);
        } catch (ExecutionException e) {
            throw new FailedException(
                    "The Flink cluster %s %s: %s; check --flink".formatted(address, otherwise, reason(e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("Interrupted while waiting for the Flink cluster " + address, e);
        }
    }

    private static String reason(ExecutionException e) {
        Throwable cause = ExceptionUtils.stripException(
                ExceptionUtils.stripExecutionException(e),
                org.apache.flink.util.concurrent.FutureUtils.RetryException.class);
        cause = ExceptionUtils.stripCompletionException(cause);
        String message = cause.getMessage();
        return (message == null ? cause.toString() : message)
                .lines()
                .findFirst()
                .orElse("");
    }

    @Override
    public StreamExecutionEnvironment environment() {
        Configuration settings = new Configuration(configuration);
        if (!settings.contains(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION)) {
            // a JobManager that is lost knows nothing; whoever submits again wants to go on with a checkpoint
            settings.set(
                    CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                    ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        }
        return new StreamExecutionEnvironment(settings);
    }

    @Override
    public FlinkJob submit(StreamExecutionEnvironment environment, String name, List<URI> jars) {
        var graph = environment.getStreamGraph();
        graph.setJobName(name);
        JobGraph job = graph.getJobGraph();
        List<URI> all = new ArrayList<>(jars);
        all.add(jobJar);
        all.forEach(jar -> job.addJar(new org.apache.flink.core.fs.Path(jar)));
        SessionJob submitted =
                new SessionJob(address, client, answer(client.submitJob(job), SUBMISSION, "did not take the job"));
        counters.follow(submitted.jobId());
        return submitted;
    }

    @Override
    public Optional<URI> webUi() {
        return Optional.of(URI.create(client.getWebInterfaceURL()));
    }

    @Override
    public Optional<Counters> counters() {
        return Optional.of(counters);
    }

    @Override
    public boolean endsWithItsJobs() {
        return false;
    }

    /** Ends the connection; jobs go on. */
    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
