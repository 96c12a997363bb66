// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.submitted;

import dev.kafkabackup.cli.flink.Counters;
import dev.kafkabackup.cli.flink.Flink;
import dev.kafkabackup.cli.flink.FlinkJob;
import dev.kafkabackup.cli.flink.JobEnd;
import dev.kafkabackup.error.FailedException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The Flink that this program was given to. */
public final class SubmittedFlink implements Flink {

    /** Whether somebody waits for the end of jobs here; if not, this program ends when they are submitted. */
    static boolean isAttached() {
        return StreamExecutionEnvironment.getExecutionEnvironment()
                .getConfiguration()
                .get(DeploymentOptions.ATTACHED);
    }

    @Override
    public StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.getExecutionEnvironment();
    }

    @Override
    public FlinkJob submit(StreamExecutionEnvironment environment, String name, List<URI> jars) {
        if (!jars.isEmpty()) {
            List<String> all = new ArrayList<>(environment
                    .getConfiguration()
                    .getOptional(PipelineOptions.JARS)
                    .orElse(List.of()));
            jars.forEach(jar -> all.add(jar.toString()));
            environment.configure(new Configuration().set(PipelineOptions.JARS, all));
        }
        try {
            return new Submitted(environment.executeAsync(name));
        } catch (Exception e) {
            throw JobEnd.failure(e);
        }
    }

    @Override
    public Optional<URI> webUi() {
        return Optional.empty();
    }

    @Override
    public Optional<Counters> counters() {
        return Optional.empty();
    }

    @Override
    public boolean endsWithItsJobs() {
        return false;
    }

    @Override
    public void close() {
        // it was here before
    }

    private record Submitted(JobClient client) implements FlinkJob {

        @Override
        public String id() {
            return client.getJobID().toHexString();
        }

        @Override
        public boolean awaitEnd(CompletableFuture<String> stop) {
            CompletableFuture<JobExecutionResult> result = client.getJobExecutionResult();
            try {
                CompletableFuture.anyOf(result, stop).get();
            } catch (ExecutionException e) {
                throw JobEnd.failure(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FailedException("Interrupted while waiting for job " + id(), e);
            }
            if (!result.isDone()) {
                return false;
            }
            JobEnd.requireAllRead(result.join());
            return true;
        }
    }
}
