// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.session;

import dev.kafkabackup.cli.flink.FlinkJob;
import dev.kafkabackup.cli.flink.JobEnd;
import dev.kafkabackup.error.FailedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job that a session cluster runs. */
final class SessionJob implements FlinkJob {

    private static final Logger LOG = LoggerFactory.getLogger(SessionJob.class);

    private static final Duration POLL = Duration.ofMillis(500);

    /** A JobManager that is away for longer has lost the job: a session cluster keeps none over its end. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final FlinkAddress address;
    private final RestClusterClient<StandaloneClusterId> client;
    private final JobID id;

    SessionJob(FlinkAddress address, RestClusterClient<StandaloneClusterId> client, JobID id) {
        this.address = address;
        this.client = client;
        this.id = id;
    }

    JobID jobId() {
        return id;
    }

    @Override
    public String id() {
        return id.toHexString();
    }

    @Override
    public boolean awaitEnd(CompletableFuture<String> stop) {
        long answered = System.nanoTime();
        while (!stop.isDone()) {
            CompletableFuture<JobStatus> asked = client.getJobStatus(id);
            try {
                JobStatus status = asked.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
                answered = System.nanoTime();
                if (status.isGloballyTerminalState()) {
                    JobEnd.requireSuccess(client.requestJobResult(id).join());
                    return true;
                }
            } catch (ExecutionException | TimeoutException | CompletionException e) {
                LOG.info("The Flink cluster {} does not say how job {} is", address, id(), e);
                if (System.nanoTime() - answered > SILENCE.toNanos() || isUnknown(e)) {
                    throw new FailedException(
                            "The Flink cluster %s does not know job %s any more, or does not answer: was its JobManager started again?"
                                    .formatted(address, id()),
                            e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FailedException("Interrupted while waiting for job " + id(), e);
            }
            pause(stop);
        }
        return false;
    }

    private static void pause(CompletableFuture<String> stop) {
        try {
            stop.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.trace("Go on waiting");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The JobManager answers, but it is another one. */
    private static boolean isUnknown(Exception e) {
        return org.apache.flink.util.ExceptionUtils.findThrowable(
                                e, org.apache.flink.runtime.messages.FlinkJobNotFoundException.class)
                        .isPresent()
                || org.apache.flink.util.ExceptionUtils.findThrowableWithMessage(e, "Could not find Flink job")
                        .isPresent();
    }
}
