// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.SteadyLoad;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Topics come, grow, go and come again while one job runs; it is never restarted. */
@Timeout(180)
class TopicChangesIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @TempDir
    private Path folder;

    private TestBackup backup;
    private final ProducedLog log = new ProducedLog();

    @BeforeEach
    void backUpIntoTheFolder() {
        backup = new TestBackup(BROKER, folder);
    }

    @Test
    void everyIncarnationOfANameIsCompleteAndNoneHoldsRecordsOfAnother() throws Exception {
        Uuid bystander = BROKER.createTopic("again-bystander", 2);
        List<Uuid> incarnations = new ArrayList<>();
        try (RunningBackup job = backup.with(BackupOptions.INCLUDE, "again.*").start();
                SteadyLoad load = SteadyLoad.start(
                        BROKER.bootstrapServers(), log, "again-bystander", 500, RandomRecords.small())) {
            // more and fewer records than before, more and fewer partitions
            for (int[] shape : new int[][] {{2, 400}, {2, 1_000}, {1, 100}, {3, 600}, {2, 50}, {2, 2_000}}) {
                Uuid id = BROKER.createTopic("again", shape[0]);
                incarnations.add(id);
                Produce.to(BROKER, log, "again", shape[0], shape[1]);
                backup.awaitCovered(log, "again", id);
                BROKER.deleteTopic("again");
            }
            for (Uuid id : incarnations) {
                awaitState(new TopicIncarnation("again", id), TopicState.DELETED);
            }
            load.stop();
            backup.awaitCovered(log, "again-bystander", bystander);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        for (Uuid id : incarnations) {
            backup.assertComplete(log, "again", id);
            backup.assertEachOffsetInOneSegment(log, "again", id);
        }
        backup.assertComplete(log, "again-bystander", bystander);
        assertThat(metadata(new TopicIncarnation("again-bystander", bystander)))
                .map(TopicMetadata::state)
                .contains(TopicState.LIVE);
        assertThat(new Catalog(backup.storage()).incarnations("again"))
                .extracting(TopicIncarnation::id)
                .containsExactlyInAnyOrderElementsOf(incarnations);
    }

    @Test
    void whatIsStoredOfAShortLivedIncarnationIsItsBeginning() {
        List<Uuid> incarnations = new ArrayList<>();
        try (RunningBackup job = backup.with(BackupOptions.INCLUDE, "fleeting")
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(100))
                .start()) {
            for (int i = 0; i < 12; i++) {
                incarnations.add(BROKER.createTopic("fleeting", 1));
                Produce.to(BROKER, log, "fleeting", 1, 100 + 37 * i % 200);
                if (i < 11) {
                    BROKER.deleteTopic("fleeting");
                }
            }
            backup.awaitCovered(log, "fleeting", incarnations.get(11));
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        backup.assertComplete(log, "fleeting", incarnations.get(11));
        for (Uuid id : incarnations) {
            TopicIdPartition partition = new TopicIdPartition(id, 0, "fleeting");
            backup.assertEachOffsetInOneSegment(partition);
            assertThat(backup.records(partition))
                    .as("what is stored of %s", partition)
                    .containsExactlyElementsOf(log.records(partition)
                            .headMap(backup.coverage(partition).endOffset())
                            .values());
        }
    }

    @Test
    void incarnationsThatLiveShorterThanTheDiscoveryIntervalAreNoticedByTheReader() {
        List<Uuid> incarnations = new ArrayList<>(List.of(BROKER.createTopic("quick", 1)));
        Produce.to(BROKER, log, "quick", 1, 100);
        try (RunningBackup job = backup.with(BackupOptions.INCLUDE, "quick")
                .with(BackupOptions.DISCOVERY_INTERVAL, Duration.ofMinutes(10))
                .start()) {
            backup.awaitCovered(log, "quick", incarnations.get(0));
            for (int i = 1; i < 4; i++) {
                BROKER.deleteTopic("quick");
                Uuid id = BROKER.createTopic("quick", 1);
                incarnations.add(id);
                Produce.to(BROKER, log, "quick", 1, 100);
                backup.awaitCovered(log, "quick", id);
            }
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        for (Uuid id : incarnations) {
            backup.assertComplete(log, "quick", id);
        }
    }

    @Test
    void addedPartitionsAndNewTopicsJoinWithinTheDiscoveryInterval() throws Exception {
        Uuid growing = BROKER.createTopic("join-growing", 1);
        Produce.to(BROKER, log, "join-growing", 1, 100);
        try (RunningBackup job = backup.with(BackupOptions.INCLUDE, "join-.*").start()) {
            backup.awaitCovered(log, "join-growing", growing);
            BROKER.admin()
                    .createPartitions(Map.of("join-growing", NewPartitions.increaseTo(4)))
                    .all()
                    .get();
            await().until(() -> BROKER.admin()
                            .describeTopics(List.of("join-growing"))
                            .allTopicNames()
                            .get()
                            .get("join-growing")
                            .partitions()
                            .size()
                    == 4);
            Produce.to(BROKER, log, "join-growing", 4, 400);
            Uuid late = BROKER.createTopic("join-late", 2);
            BROKER.createTopic("another", 1);
            Produce.to(BROKER, log, "join-late", 2, 200);

            backup.awaitCovered(log, "join-growing", growing);
            backup.awaitCovered(log, "join-late", late);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
            backup.assertComplete(log, "join-growing", growing);
            backup.assertComplete(log, "join-late", late);
        }
        assertThat(new Catalog(backup.storage()).topics()).containsExactly("join-growing", "join-late");
    }

    private Optional<TopicMetadata> metadata(TopicIncarnation incarnation) throws IOException {
        return new TopicMetadataStore(backup.storage()).latest(incarnation);
    }

    private void awaitState(TopicIncarnation incarnation, TopicState state) {
        await(incarnation + " " + state)
                .untilAsserted(() -> assertThat(metadata(incarnation))
                        .map(TopicMetadata::state)
                        .contains(state));
    }
}
