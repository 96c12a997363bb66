// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.e2e.proxy.StorageFaults.Fault;
import dev.kafkabackup.testing.BrokerExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes wrong around a cluster for minutes, and what is killed in it, under a load that only pauses for the judge:
 * after each of these the backup holds all that was produced until then.
 */
@Tag("long")
@Timeout(1_500)
class FlinkClusterFaultsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final int A_MINUTE = 60 * ClusterBackup.RECORDS_PER_SECOND;
    private static final int TEN_SECONDS = 10 * ClusterBackup.RECORDS_PER_SECOND;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    @Test
    void aStorageThatIsAwayRefusesOrIsSlowForAMinuteLosesNothingAndFailsNoTask() throws Exception {
        try (ClusterBackup backup = ClusterBackup.start(BROKER, folder, "storage-in-trouble", 2)) {
            String job = submit(backup);
            backup.awaitProgress();

            backup.stopStorage();
            backup.awaitLoad(A_MINUTE);
            backup.startStorage();
            assertWholeWithoutARestart(backup, job, "the storage was stopped");

            for (Fault fault : List.of(Fault.UNAVAILABLE, Fault.SLOW)) {
                backup.storage().set(fault);
                backup.awaitLoad(A_MINUTE);
                backup.storage().set(Fault.NONE);
                assertWholeWithoutARestart(backup, job, "the storage was " + fault);
            }
            backup.endLoad();
            backup.finish(job);
            backup.assertWhole();
        }
    }

    private static void assertWholeWithoutARestart(ClusterBackup backup, String job, String after) throws Exception {
        backup.awaitProgress();
        awaitCheckpoint(backup.cluster(), job);
        assertThat(restarts(backup.cluster(), job))
                .as("restarts after %s", after)
                .isZero();
        backup.judgeBetween();
    }

    @Test
    void whateverIsKilledTheBackupIsWholeAndIsRestored() throws Exception {
        try (ClusterBackup backup = ClusterBackup.start(BROKER, folder, "processes-in-trouble", 2)) {
            FlinkCluster cluster = backup.cluster();
            String job = submit(backup);
            backup.awaitProgress();

            cluster.killTaskManager();
            backup.awaitProgress();
            cluster.rest().awaitRunning(job);
            backup.judgeBetween();
            cluster.startTaskManager();

            // a lost JobManager has forgotten the job: it is submitted again, from its last checkpoint
            cluster.killJobManager();
            String checkpoint = backup.lastCheckpoint(job);
            restartJobManager(cluster);
            cluster.flink(
                    "run",
                    backup.with(List.of(
                            "--detached",
                            "--fromSavepoint",
                            checkpoint,
                            FlinkCluster.jar("backup-job.jar").toString())));
            backup.awaitProgress();
            backup.judgeBetween();

            // and once with no state at all
            cluster.killJobManager();
            restartJobManager(cluster);
            job = submit(backup);
            backup.awaitProgress();
            backup.judgeBetween();

            BROKER.broker().stop();
            BROKER.broker().start();
            backup.awaitLoad(TEN_SECONDS);
            backup.awaitProgress();
            backup.judgeBetween();

            backup.endLoad();
            backup.finish(job);
            backup.assertWhole();

            restoreThroughFailures(backup, backup.topic() + "-restored");
            restoreThatNobodyFollows(backup, backup.topic() + "-detached");
        }
    }

    private static void restartJobManager(FlinkCluster cluster) throws IOException {
        cluster.startJobManager();
        cluster.awaitSlots(2 * FlinkCluster.SLOTS);
    }

    private static void restoreThatNobodyFollows(ClusterBackup backup, String target) throws Exception {
        FlinkCluster cluster = backup.cluster();
        cluster.awaitSlots(FlinkCluster.SLOTS);
        String job = FlinkClusterIT.jobId(cluster.flink(
                "run",
                "--detached",
                FlinkCluster.jar("restore-job.jar").toString(),
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                backup.root(),
                "--topic",
                backup.topic() + "=" + target,
                "--restore-id",
                target,
                "--checkpoint-interval",
                "1s",
                "--max-bytes-per-second",
                "300kb"));
        awaitRecords(target, 1_000);
        try (KafkaBackupProcess second = backup.command("restore", "--restore-id", target, "--web-port", "0")) {
            second.assertEndsWith(3, PATIENCE);
            assertThat(second.errorLines())
                    .as("%s", second)
                    .anyMatch(line -> line.startsWith("kafka-backup: Restore " + target + " is running"));
        }
        await("the job's end").atMost(PATIENCE).until(() -> cluster.rest().state(job), "FINISHED"::equals);
        try (KafkaBackupProcess second = backup.command("restore", "--restore-id", target, "--web-port", "0")) {
            second.assertEndsWith(0, PATIENCE);
        }
        assertThat(backup.files().resolve("restores").resolve(target).resolve("report.json"))
                .exists();
        new TargetJudge(BROKER.bootstrapServers())
                .assertHolds(backup.produced(), backup.topic(), backup.topicId(), target);
    }

    private static void restoreThroughFailures(ClusterBackup backup, String target) throws Exception {
        FlinkCluster cluster = backup.cluster();
        cluster.awaitSlots(2 * FlinkCluster.SLOTS);
        try (KafkaBackupProcess restore = restore(backup, target)) {
            awaitRecords(target, 1_000);
            cluster.killTaskManager();
            awaitRecords(target, 5_000);
            cluster.killJobManager();
            cluster.startJobManager();
            // it says that the job is lost
            restore.assertEndsWith(1, PATIENCE);
        }
        cluster.awaitSlots(FlinkCluster.SLOTS);
        try (KafkaBackupProcess restore = restore(backup, target)) {
            restore.assertEndsWith(0, PATIENCE);
        }
        TargetJudge judge = new TargetJudge(BROKER.bootstrapServers());
        judge.assertHolds(backup.produced(), backup.topic(), backup.topicId(), target);
        judge.assertOffsetMapLeads(
                backup.files().resolve("restores").resolve(target).resolve("offset-map"),
                backup.produced(),
                backup.topic(),
                backup.topicId(),
                target);
    }

    private static KafkaBackupProcess restore(ClusterBackup backup, String target) {
        return backup.command(
                "restore",
                "--topic",
                backup.topic() + "=" + target,
                "--restore-id",
                target,
                "--parallelism",
                "2",
                "--checkpoint-interval",
                "1s",
                "--max-bytes-per-second",
                "3mb",
                "--flink",
                backup.cluster().address());
    }

    private static void awaitRecords(String topic, long count) {
        await(count + " records in " + topic)
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> {
                    long records = 0;
                    for (int partition = 0; partition < ClusterBackup.PARTITIONS; partition++) {
                        TopicPartition asked = new TopicPartition(topic, partition);
                        records += BROKER.admin()
                                .listOffsets(Map.of(asked, OffsetSpec.latest()))
                                .partitionResult(asked)
                                .get()
                                .offset();
                    }
                    return records >= count;
                });
    }

    /** By the command, which prints the job's id and ends. */
    private static String submit(ClusterBackup backup) throws Exception {
        try (KafkaBackupProcess command = backup.command(
                "backup",
                "--include",
                backup.topic(),
                "--checkpoint-interval",
                "1s",
                "--segment-age",
                "1s",
                "--parallelism",
                "2",
                "--flink",
                backup.cluster().address(),
                "--detached")) {
            command.assertEndsWith(0, PATIENCE);
            assertThat(command.outputLines())
                    .as("%s", command)
                    .singleElement()
                    .asString()
                    .matches("[0-9a-f]{32}");
            String job = command.outputLines().get(0);
            backup.cluster().rest().awaitRunning(job);
            return job;
        }
    }

    /** Waits for a checkpoint that has begun after now. */
    private static void awaitCheckpoint(FlinkCluster cluster, String job) {
        long now = System.currentTimeMillis();
        await("a checkpoint of job " + job).atMost(PATIENCE).until(() -> {
            JsonNode completed =
                    cluster.rest().get("/jobs/" + job + "/checkpoints").at("/latest/completed/trigger_timestamp");
            return completed.asLong() > now;
        });
    }

    /** How often Flink has started the job's tasks again. */
    private static long restarts(FlinkCluster cluster, String job) {
        // the first to ask is told nothing yet
        return await("the job's metrics")
                .atMost(PATIENCE)
                .until(() -> cluster.rest().get("/jobs/" + job + "/metrics?get=numRestarts"), found -> !found.isEmpty())
                .get(0)
                .get("value")
                .asLong();
    }
}
