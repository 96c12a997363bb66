// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.SteadyLoad;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is left of a job that ended, the next one goes on at the durable offsets. */
@Timeout(180)
class BackupRestartIT {

    private static final Duration NEVER = Duration.ofHours(1);

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @Test
    void withoutAnyStateEveryOffsetIsStillInExactlyOneSegment() {
        Uuid id = BROKER.createTopic("cancelled", 3);
        TestBackup backup = backup("cancelled")
                .with(BackupOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(150))
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(100));
        try (SteadyLoad load =
                SteadyLoad.start(BROKER.bootstrapServers(), log, "cancelled", 3_000, RandomRecords.seeded())) {
            for (int i = 0; i < 4; i++) {
                int before = segmentCount(backup, "cancelled", id, 3);
                try (RunningBackup job = backup.start()) {
                    await().until(() -> segmentCount(backup, "cancelled", id, 3) >= before + 6);
                    job.cancel();
                }
            }
            load.stop();
        }

        backup.runOnce();

        backup.assertComplete(log, "cancelled", id);
        backup.assertEachOffsetInOneSegment(log, "cancelled", id);
    }

    @Test
    void aLostTaskManagerLosesNothing(@InjectMiniCluster MiniCluster cluster) throws Exception {
        Uuid id = BROKER.createTopic("failover", 4);
        TestBackup backup =
                backup("failover").with(BackupOptions.PARALLELISM, 4).restarting();
        try (SteadyLoad load =
                        SteadyLoad.start(BROKER.bootstrapServers(), log, "failover", 2_000, RandomRecords.seeded());
                RunningBackup job = backup.start()) {
            await().until(() -> segmentCount(backup, "failover", id, 4) >= 8);
            cluster.terminateTaskManager(0).get();
            cluster.startTaskManager();
            int before = segmentCount(backup, "failover", id, 4);
            await().atMost(Duration.ofSeconds(60)).until(() -> segmentCount(backup, "failover", id, 4) >= before + 8);
            load.stop();
            backup.awaitCovered(log, "failover", id);
            assertThat(cluster.getExecutionGraph(job.id()).get().getAllExecutionVertices())
                    .as("the job failed on the way")
                    .anyMatch(vertex -> vertex.getCurrentExecutionAttempt().getAttemptNumber() > 0);
        }

        backup.assertComplete(log, "failover", id);
        for (int number : log.partitions(id)) {
            assertThat(backup.coverage(new TopicIdPartition(id, number, "failover"))
                            .ranges())
                    .hasSize(1);
        }
    }

    @Test
    void stoppingWithDrainPublishesEverythingAlsoMarkersAtTheEnd() {
        Uuid id = BROKER.createTopic("drained", 1);
        Uuid signal = BROKER.createTopic("drained-signal", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "drained");
        TestBackup backup = backup("drained.*")
                .with(BackupOptions.PARALLELISM, 1)
                .with(BackupOptions.CHECKPOINT_INTERVAL, NEVER)
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(100));
        Produce.committed(BROKER, log, "drained", 500);

        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(partition, 500);
            Produce.aborted(BROKER, log, "drained", 100);
            // comes after the aborted records, through the same consumer
            Produce.to(BROKER, log, "drained-signal", 1, 1);
            backup.awaitCovered(log, "drained-signal", signal);
            job.stopWithSavepoint(true, folder.resolve("savepoints"));
        }

        backup.assertComplete(log, "drained", id);
        backup.assertEachOffsetInOneSegment(partition);
        assertThat(backup.coverage(partition).endOffset())
                .as("500 records, a marker, 100 aborted records, a marker")
                .isEqualTo(602);
    }

    @Test
    void aSavepointStartedWithOtherParallelismLosesAndDoublesNothing() {
        Uuid id = BROKER.createTopic("rescaled", 4);
        Produce.to(BROKER, log, "rescaled", 4, 2_000);
        TestBackup backup = backup("rescaled").with(BackupOptions.PARALLELISM, 2);
        String savepoint;
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(log, "rescaled", id);
            savepoint = job.stopWithSavepoint(false, folder.resolve("savepoints"));
        }
        for (int parallelism : new int[] {3, 1}) {
            Produce.to(BROKER, log, "rescaled", 4, 1_000);
            backup.with(BackupOptions.PARALLELISM, parallelism);
            try (RunningBackup job = backup.startFrom(savepoint)) {
                backup.awaitCovered(log, "rescaled", id);
                savepoint = job.stopWithSavepoint(false, folder.resolve("savepoints"));
            }
        }

        backup.assertComplete(log, "rescaled", id);
        backup.assertEachOffsetInOneSegment(log, "rescaled", id);
    }

    @Test
    void anOldSavepointNeitherRepeatsWhatIsCoveredNorSkipsWhatIsNot() {
        Uuid id = BROKER.createTopic("old-savepoint", 2);
        Produce.to(BROKER, log, "old-savepoint", 2, 500);
        TestBackup backup = backup("old-savepoint");
        TestBackup emptyRoot =
                new TestBackup(BROKER, folder.resolve("empty")).with(BackupOptions.INCLUDE, "old-savepoint");
        String savepoint;
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(log, "old-savepoint", id);
            savepoint = job.savepoint(folder.resolve("savepoints"));
            Produce.to(BROKER, log, "old-savepoint", 2, 500);
            backup.awaitCovered(log, "old-savepoint", id);
        }
        Produce.to(BROKER, log, "old-savepoint", 2, 500);

        for (TestBackup root : new TestBackup[] {backup, emptyRoot}) {
            try (RunningBackup job = root.startFrom(savepoint)) {
                root.awaitCovered(log, "old-savepoint", id);
            }
            root.assertComplete(log, "old-savepoint", id);
            root.assertEachOffsetInOneSegment(log, "old-savepoint", id);
        }
    }

    @Test
    void aBoundedRunGoesOnFromItsSavepointToTheSameStopOffsets(@InjectMiniCluster MiniCluster cluster) {
        Uuid id = BROKER.createTopic("bounded", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "bounded");
        Produce.to(BROKER, log, "bounded", 1, 20_000);
        TestBackup slow = slowly("bounded");
        String savepoint = savepointInTheMiddle(slow, partition, cluster);
        assertThat(slow.coverage(partition).endOffset()).isLessThan(20_000);
        Produce.to(BROKER, new ProducedLog(), "bounded", 1, 10_000);

        TestBackup backup = backup("bounded").with(BackupOptions.ONCE, true);
        try (RunningBackup job = backup.startFrom(savepoint)) {
            job.awaitEnd();
        }

        assertThat(backup.coverage(partition).endOffset())
                .as("at most one poll further than the stop offset")
                .isBetween(20_000L, 22_000L);
        backup.assertEachOffsetInOneSegment(partition);
    }

    @Test
    void aRunWithoutEndThatStartsFromABoundedOnesSavepointReadsOn(@InjectMiniCluster MiniCluster cluster) {
        Uuid id = BROKER.createTopic("unbounded", 1);
        Produce.to(BROKER, log, "unbounded", 1, 20_000);
        TestBackup slow = slowly("unbounded");
        String savepoint = savepointInTheMiddle(slow, new TopicIdPartition(id, 0, "unbounded"), cluster);
        Uuid later = BROKER.createTopic("unbounded-later", 1);
        Produce.to(BROKER, log, "unbounded", 1, 10_000);
        Produce.to(BROKER, log, "unbounded-later", 1, 100);

        TestBackup backup = backup("unbounded.*");
        try (RunningBackup job = backup.startFrom(savepoint)) {
            backup.awaitCovered(log, "unbounded", id);
            backup.awaitCovered(log, "unbounded-later", later);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        backup.assertComplete(log, "unbounded", id);
        backup.assertEachOffsetInOneSegment(log, "unbounded", id);
    }

    /** A bounded run that takes its time. */
    private TestBackup slowly(String topic) {
        return backup(topic)
                .with(BackupOptions.PARALLELISM, 1)
                .withClient("max.poll.records", "1")
                .withClient("max.partition.fetch.bytes", "10000")
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(100))
                .with(BackupOptions.ONCE, true);
    }

    /** Stops a bounded run before its end. */
    private String savepointInTheMiddle(TestBackup bounded, TopicIdPartition partition, MiniCluster cluster) {
        try (RunningBackup job = bounded.start()) {
            await().until(() -> !bounded.coverage(partition).isEmpty());
            // Flink declines a savepoint that meets a task which is just ending, as the snapshots' does here
            await().until(() -> job.runningTasks(cluster) == 1);
            return job.stopWithSavepoint(false, folder.resolve("savepoints"));
        }
    }

    private TestBackup backup(String include) {
        return new TestBackup(BROKER, folder.resolve("backup")).with(BackupOptions.INCLUDE, include);
    }

    private static int segmentCount(TestBackup backup, String topic, Uuid id, int partitions) {
        int count = 0;
        for (int number = 0; number < partitions; number++) {
            count += backup.ranges(new TopicIdPartition(id, number, topic)).size();
        }
        return count;
    }
}
