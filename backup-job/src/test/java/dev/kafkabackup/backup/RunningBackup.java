// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.InMemoryReporter;

/** A backup job on the cluster of a test. Closing cancels it if it still runs. */
final class RunningBackup implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final JobClient job;

    RunningBackup(JobClient job) {
        this.job = job;
    }

    JobID id() {
        return job.getJobID();
    }

    JobStatus status() {
        return get(job.getJobStatus());
    }

    /** Sum of a counter over all subtasks that had it since this job started, by the end of its name. */
    long counter(InMemoryReporter metrics, String name) {
        return metrics.findMetrics(job.getJobID(), ".*" + Pattern.quote(name)).values().stream()
                .filter(Counter.class::isInstance)
                .mapToLong(metric -> ((Counter) metric).getCount())
                .sum();
    }

    /** A counter of each group that has it, by the whole name. */
    Map<String, Long> counters(InMemoryReporter metrics, String name) {
        Map<String, Long> counters = new HashMap<>();
        metrics.findMetrics(job.getJobID(), ".*" + Pattern.quote(name)).forEach((id, metric) -> {
            if (metric instanceof Counter counter) {
                counters.put(id, counter.getCount());
            }
        });
        return counters;
    }

    /**
     * Records that the source has taken from Kafka and handed on to the sink. Its batches say less: the first of a
     * partition only tells where reading begins.
     */
    long recordsRead(InMemoryReporter metrics) {
        return metrics.findMetrics(job.getJobID(), ".*Kafka topics\\.\\d+\\.numRecordsIn$").values().stream()
                .mapToLong(metric -> ((Counter) metric).getCount())
                .sum();
    }

    /** Waits until the job ends by itself; fails if it fails. */
    void awaitEnd() {
        get(job.getJobExecutionResult());
    }

    /** Seals everything and ends. */
    String stopWithSavepoint(boolean drain, Path folder) {
        return get(job.stopWithSavepoint(drain, folder.toString(), SavepointFormatType.CANONICAL));
    }

    /** Takes a savepoint and goes on. */
    String savepoint(Path folder) {
        return get(job.triggerSavepoint(folder.toString(), SavepointFormatType.CANONICAL));
    }

    /** How many tasks have not ended yet. */
    long runningTasks(MiniCluster cluster) {
        long running = 0;
        for (AccessExecutionVertex vertex : get(cluster.getExecutionGraph(id())).getAllExecutionVertices()) {
            running += vertex.getExecutionState().isTerminal() ? 0 : 1;
        }
        return running;
    }

    /** How many checkpoints have failed, or could not be begun. */
    long failedCheckpoints(MiniCluster cluster) {
        return get(cluster.getExecutionGraph(id()))
                .getCheckpointStatsSnapshot()
                .getCounts()
                .getNumberOfFailedCheckpoints();
    }

    /** Stops in the middle of everything and returns when all tasks are gone. */
    void cancel() {
        if (!status().isGloballyTerminalState()) {
            get(job.cancel());
        }
        try {
            job.getJobExecutionResult().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // cancelled is what was asked for
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException("The job did not end", e);
        }
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        cancel();
    }
}
