// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.flink.Flink;
import dev.kafkabackup.cli.flink.FlinkJob;
import dev.kafkabackup.cli.options.FlinkChoice;
import dev.kafkabackup.cli.progress.RestoreProgress;
import dev.kafkabackup.cli.progress.Shown;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.plan.RestorePlan;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the job of a restore where it is told to, and shows how far it is. */
final class RestoreExecution {

    private static final Logger LOG = LoggerFactory.getLogger(RestoreExecution.class);

    private static final String JOB_JAR = "restore-job.jar";

    private final Restore restore;
    private final FlinkChoice flinkChoice;
    private final Configuration flinkConf;
    private final int parallelism;
    private final List<URI> filterJars;

    RestoreExecution(
            Restore restore, FlinkChoice flinkChoice, Configuration flinkConf, int parallelism, List<URI> filterJars) {
        this.restore = restore;
        this.flinkChoice = flinkChoice;
        this.flinkConf = flinkConf;
        this.parallelism = parallelism;
        this.filterJars = filterJars;
    }

    /** How it ended for whoever has started it. */
    enum End {
        /** Everything is produced. */
        COMPLETE,
        /** The job was submitted, and nobody waits for it. */
        LEFT_TO_THE_CLUSTER,
        /** Somebody asked the command to stop before the job was done. */
        STOPPED
    }

    /**
     * Runs the job to its end, or as far as this command goes with it.
     *
     * @param mapped number of records that each target holds already
     * @throws Exception what the job failed with
     */
    End run(RestorePlan plan, Map<String, Long> mapped) throws Exception {
        CompletableFuture<String> stop = flinkChoice.stopSignal();
        try (Flink flink = flinkChoice.start(flinkConf, parallelism, JOB_JAR)) {
            flink.webUi().ifPresent(uri -> Terminal.note("Web UI: %s", uri));
            if (!flinkChoice.follows()) {
                submit(flink, plan);
                noteThatItGoesOn(plan);
                return End.LEFT_TO_THE_CLUSTER;
            }
            if (follow(flink, plan, mapped, stop)) {
                return End.COMPLETE;
            }
            if (flink.endsWithItsJobs()) {
                Terminal.note(
                        "Stopped by %s before the restore was complete; start it again with --restore-id %s, it goes on where it was",
                        stop.join(), plan.restoreId());
            } else {
                noteThatItGoesOn(plan);
            }
            return End.STOPPED;
        }
    }

    private boolean follow(Flink flink, RestorePlan plan, Map<String, Long> mapped, CompletableFuture<String> stop)
            throws Exception {
        try (Shown progress = RestoreProgress.show(plan, mapped, flink.counters(), Terminal.screen())) {
            return restore.run(plan, () -> submit(flink, plan).awaitEnd(stop), note -> Terminal.note("%s", note));
        }
    }

    private FlinkJob submit(Flink flink, RestorePlan plan) {
        StreamExecutionEnvironment environment = flink.environment();
        restore.build(environment, plan);
        FlinkJob job = flink.submit(environment, "Kafka restore " + plan.restoreId(), filterJars);
        if (!flink.endsWithItsJobs()) {
            LOG.info("Restore {} runs as job {}", plan.restoreId(), job.id());
            Terminal.note("Restore %s runs as job %s", plan.restoreId(), job.id());
        }
        return job;
    }

    /** Nobody of ours will be there when the job ends. */
    private static void noteThatItGoesOn(RestorePlan plan) {
        Terminal.note(
                "The job goes on on the cluster; when it has ended, start 'restore --restore-id %s' once more: it checks that everything is there, and writes the report",
                plan.restoreId());
    }
}
