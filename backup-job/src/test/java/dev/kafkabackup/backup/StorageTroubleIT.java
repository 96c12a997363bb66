// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.SteadyLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Storage that is away, also that of the checkpoints, fails nothing; what was read waits for it. */
@Timeout(120)
class StorageTroubleIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @Test
    void aJobSurvivesStorageThatCannotBeWrittenForAWhile() throws Exception {
        Uuid id = BROKER.createTopic("trouble", 2);
        TestBackup backup = new TestBackup(BROKER, folder)
                .with(BackupOptions.INCLUDE, "trouble")
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(200));
        try (RunningBackup job = backup.start();
                SteadyLoad load =
                        SteadyLoad.start(BROKER.bootstrapServers(), log, "trouble", 500, RandomRecords.seeded())) {
            await().until(() -> !backup.coverage(new TopicIdPartition(id, 0, "trouble"))
                            .isEmpty()
                    && !backup.coverage(new TopicIdPartition(id, 1, "trouble")).isEmpty());
            putAFileInPlaceOfTheTopics();
            long sent = load.sentCount();
            await().until(() -> load.sentCount() >= sent + 1_000);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
            putTheTopicsBack();
            load.stop();
            backup.awaitCovered(log, "trouble", id);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        backup.assertComplete(log, "trouble", id);
        backup.assertEachOffsetInOneSegment(log, "trouble", id);
    }

    @Test
    void cancellingWhileTheStorageIsAwayLosesNothingForTheNextJob() throws Exception {
        Uuid id = BROKER.createTopic("trouble-cancelled", 1);
        TestBackup backup = new TestBackup(BROKER, folder)
                .with(BackupOptions.INCLUDE, "trouble-cancelled")
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(200));
        Produce.to(BROKER, log, "trouble-cancelled", 1, 300);
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(log, "trouble-cancelled", id);
            putAFileInPlaceOfTheTopics();
            Produce.to(BROKER, log, "trouble-cancelled", 1, 300);
            job.cancel();
        }
        putTheTopicsBack();

        backup.runOnce();

        backup.assertComplete(log, "trouble-cancelled", id);
        backup.assertEachOffsetInOneSegment(log, "trouble-cancelled", id);
    }

    @Test
    void checkpointsThatFailNeitherFailTheJobNorHoldUpTheBackup(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        Uuid id = BROKER.createTopic("no-checkpoints", 2);
        Path checkpoints = folder.resolve("checkpoints");
        TestBackup backup = new TestBackup(BROKER, folder)
                .with(BackupOptions.INCLUDE, "no-checkpoints")
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(200))
                .withFlink(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem")
                .withFlink(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        checkpoints.toUri().toString());
        Produce.to(BROKER, log, "no-checkpoints", 2, 100);
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(log, "no-checkpoints", id);
            await().until(() -> Files.exists(checkpoints));
            Files.move(checkpoints, folder.resolve("checkpoints-away"));
            Files.writeString(checkpoints, "in the way");
            long before = job.failedCheckpoints(cluster);
            await().until(() -> job.failedCheckpoints(cluster) > before + 2);

            Produce.to(BROKER, log, "no-checkpoints", 2, 100);
            backup.awaitCovered(log, "no-checkpoints", id);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        backup.assertComplete(log, "no-checkpoints", id);
        backup.assertEachOffsetInOneSegment(log, "no-checkpoints", id);
    }

    private void putAFileInPlaceOfTheTopics() throws IOException {
        Files.move(folder.resolve("topics"), folder.resolve("topics-away"));
        Files.writeString(folder.resolve("topics"), "in the way");
    }

    private void putTheTopicsBack() throws IOException {
        Files.delete(folder.resolve("topics"));
        Files.move(folder.resolve("topics-away"), folder.resolve("topics"));
    }
}
