// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both jobs on a real Flink cluster, submitted in every way there is, on S3, with the configuration that the product
 * ships.
 */
@Timeout(300)
class FlinkClusterIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    /** What a backup of version 1 of the state has left; its topic is another one. */
    private static final Path STORED_SAVEPOINT = Path.of(
                    System.getProperty("dist.dir"), "../../../backup-job/src/test/resources/savepoint/v1/continuous")
            .toAbsolutePath()
            .normalize();

    private static final String RESTORE_ID = "on-the-cluster";

    @TempDir
    private Path folder;

    @Test
    void aBackupOutlivesEveryPartOfItsClusterAndIsRestoredThere() throws Exception {
        try (ClusterBackup backup = ClusterBackup.start(BROKER, folder, "on-a-cluster", 2)) {
            FlinkCluster cluster = backup.cluster();

            // begun over REST, with the state of another release
            String jar = cluster.rest().upload(FlinkCluster.jar("backup-job.jar"));
            String job = cluster.rest()
                    .run(
                            jar,
                            backup.arguments(),
                            Map.of(
                                    "parallelism",
                                    2,
                                    "savepointPath",
                                    STORED_SAVEPOINT.toUri().toString()));
            cluster.rest().awaitRunning(job);
            backup.awaitProgress();

            cluster.killTaskManager();
            backup.awaitProgress();
            cluster.rest().awaitRunning(job);

            // a lost JobManager has forgotten the job; the last checkpoint has not
            cluster.killJobManager();
            String checkpoint = backup.lastCheckpoint(job);
            cluster.startJobManager();
            cluster.awaitSlots(FlinkCluster.SLOTS);
            job = jobId(cluster.flink(
                    "run",
                    backup.with(List.of(
                            "--detached",
                            "--parallelism",
                            "1",
                            "--fromSavepoint",
                            checkpoint,
                            FlinkCluster.jar("backup-job.jar").toString()))));
            backup.awaitProgress();
            assertThat(cluster.rest()
                            .get("/jobs/" + job)
                            .get("vertices")
                            .get(0)
                            .get("parallelism")
                            .asInt())
                    .isOne();

            cluster.rest().awaitRunning(job);
            String savepoint = cluster.rest().stop(job);
            jar = cluster.rest().upload(FlinkCluster.jar("backup-job.jar"));
            job = cluster.rest().run(jar, backup.arguments(), Map.of("parallelism", 2, "savepointPath", savepoint));
            cluster.rest().awaitRunning(job);
            backup.endLoad();
            backup.finish(job);
            backup.assertWhole();

            String target = backup.topic() + "-restored";
            try (KafkaBackupProcess restore = backup.command(
                    "restore",
                    "--topic",
                    backup.topic() + "=" + target,
                    "--restore-id",
                    RESTORE_ID,
                    "--parallelism",
                    "2",
                    "--checkpoint-interval",
                    "1s",
                    "--flink",
                    cluster.address())) {
                restore.assertEndsWith(0, Duration.ofSeconds(90));
                assertThat(restore.errorLines())
                        .as("%s", restore)
                        .anyMatch(line -> line.matches("Restore " + RESTORE_ID + " runs as job [0-9a-f]{32}"));
            }
            TargetJudge judge = new TargetJudge(BROKER.bootstrapServers());
            judge.assertHolds(backup.produced(), backup.topic(), backup.topicId(), target);
            judge.assertOffsetMapLeads(
                    backup.files().resolve("restores").resolve(RESTORE_ID).resolve("offset-map"),
                    backup.produced(),
                    backup.topic(),
                    backup.topicId(),
                    target);
        }
    }

    static String jobId(List<String> printed) {
        return printed.stream()
                .filter(line -> line.startsWith("Job has been submitted with JobID "))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No job in " + printed));
    }
}
