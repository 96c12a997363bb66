// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job can be started from a savepoint of each release. The savepoints lie in {@code src/test/resources/savepoint}, a
 * folder for each version of the state; the topics that they know are long gone.
 */
@Timeout(120)
class StoredSavepointIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    private static final Path STORED =
            Path.of("src", "test", "resources", "savepoint").toAbsolutePath();

    /** The topic in all stored savepoints. */
    private static final String TOPIC = "stored";

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @AfterEach
    void deleteTopic() {
        BROKER.deleteTopic(TOPIC);
    }

    @Test
    void aRunningBackupGoesOnFromTheSavepointOfEachRelease() throws Exception {
        Uuid id = BROKER.createTopic(TOPIC, 3);
        Produce.to(BROKER, log, TOPIC, 3, 300);
        for (Path savepoint : stored("continuous")) {
            // another parallelism than that of the savepoint, so that its splits have to find new readers
            TestBackup backup =
                    backup(savepoint.getParent().getFileName().toString()).with(BackupOptions.PARALLELISM, 3);

            try (RunningBackup job = backup.startFrom(savepoint.toString())) {
                backup.awaitCovered(log, TOPIC, id);
            }

            backup.assertComplete(log, TOPIC, id);
            backup.assertEachOffsetInOneSegment(log, TOPIC, id);
        }
    }

    /**
     * Its partitions are in the state, and no others are looked for: those are gone, so that it ends with nothing done.
     */
    @Test
    void aBoundedRunKnowsItsPartitionsFromTheSavepointOfEachRelease() throws Exception {
        Uuid id = BROKER.createTopic(TOPIC, 1);
        Produce.to(BROKER, log, TOPIC, 1, 100);
        for (Path savepoint : stored("bounded")) {
            TestBackup backup =
                    backup(savepoint.getParent().getFileName().toString()).with(BackupOptions.ONCE, true);

            try (RunningBackup job = backup.startFrom(savepoint.toString())) {
                job.awaitEnd();
            }

            assertThat(backup.ranges(new TopicIdPartition(id, 0, TOPIC))).isEmpty();
        }
    }

    @Test
    void stateHoldsNothingThatJavaOrKryoSerialised(@InjectMiniCluster MiniCluster cluster) throws Exception {
        writeSavepoints(cluster, folder.resolve("savepoints"));

        for (String kind : List.of("continuous", "bounded")) {
            SavepointContent content =
                    SavepointContent.read(folder.resolve("savepoints").resolve(kind));
            assertThat(content.uids()).contains("kafka-topics");
            assertThat(content.states()).isNotEmpty().allSatisfy(state -> {
                assertThat(state).doesNotContain(SavepointContent.JAVA_SERIALISED);
                assertThat(state).doesNotContainIgnoringCase("kryo");
            });
        }
    }

    /** For a release with a new version of the state: see CONTRIBUTING. */
    @Test
    @EnabledIfSystemProperty(named = "savepoint.version", matches = "v\\d+")
    void writeSavepointsForLaterReleases(@InjectMiniCluster MiniCluster cluster) throws Exception {
        writeSavepoints(cluster, STORED.resolve(System.getProperty("savepoint.version")));
    }

    private void writeSavepoints(MiniCluster cluster, Path target) throws Exception {
        Uuid id = BROKER.createTopic(TOPIC, 2);
        Produce.to(BROKER, log, TOPIC, 2, 20_000);
        TestBackup continuous = backup("continuous");
        try (RunningBackup job = continuous.start()) {
            continuous.awaitCovered(log, TOPIC, id);
            keep(job.savepoint(folder.resolve("new")), target.resolve("continuous"));
        }
        // slow, so that there is something left to read
        TestBackup bounded = backup("bounded")
                .with(BackupOptions.ONCE, true)
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(100))
                .withClient("max.poll.records", "1")
                .withClient("max.partition.fetch.bytes", "10000");
        try (RunningBackup job = bounded.start()) {
            // Flink declines a savepoint that meets a task which is just ending, as the snapshots' does here
            await().until(() -> job.runningTasks(cluster) == 2);
            keep(job.savepoint(folder.resolve("new")), target.resolve("bounded"));
            assertThat(job.runningTasks(cluster)).as("subtasks that still read").isEqualTo(2);
        }
    }

    /** All that is in it is small enough to lie in this one file. */
    private static void keep(String savepoint, Path target) throws Exception {
        Files.createDirectories(target);
        Files.move(Path.of(new URI(savepoint)).resolve("_metadata"), target.resolve("_metadata"));
    }

    private static List<Path> stored(String kind) throws Exception {
        try (Stream<Path> versions = Files.list(STORED)) {
            List<Path> stored =
                    versions.sorted().map(version -> version.resolve(kind)).toList();
            assertThat(stored).isNotEmpty();
            return stored;
        }
    }

    private TestBackup backup(String name) {
        return new TestBackup(BROKER, folder.resolve(name)).with(BackupOptions.INCLUDE, TOPIC);
    }
}
