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
    void incarnationsThatLiveShorterThanTheDiscoveryIntervalAreNoticedByTheReader() throws Exception {
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
            // no round of the snapshots saw them
            for (Uuid id : incarnations.subList(1, 3)) {
                TopicIncarnation incarnation = new TopicIncarnation("quick", id);
                awaitPartitions(incarnation, 1);
                assertThat(metadata(incarnation))
                        .as("two looks in turn are needed to prove it deleted")
                        .map(TopicMetadata::state)
                        .contains(TopicState.LIVE);
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

    @Test
    void partitionsThatAreAddedUnderLoadAreReadFromTheirBeginningAndFewerAfterwardsToo() throws Exception {
        Uuid wide = BROKER.createTopic("widening", 4);
        try (RunningBackup job = backup.with(BackupOptions.INCLUDE, "widening")
                .with(BackupOptions.DISCOVERY_INTERVAL, Duration.ofSeconds(1))
                .start()) {
            try (SteadyLoad load =
                    SteadyLoad.start(BROKER.bootstrapServers(), log, "widening", 3_000, RandomRecords.small())) {
                backup.awaitCovered(new TopicIdPartition(wide, 3, "widening"), 100);
                BROKER.admin()
                        .createPartitions(Map.of("widening", NewPartitions.increaseTo(12)))
                        .all()
                        .get();
                for (int number = 0; number < 12; number++) {
                    backup.awaitCovered(new TopicIdPartition(wide, number, "widening"), 200);
                }
                load.stop();
            }
            backup.awaitCovered(log, "widening", wide);
            awaitPartitions(new TopicIncarnation("widening", wide), 12);
            BROKER.deleteTopic("widening");
            Uuid narrow = BROKER.createTopic("widening", 3);
            Produce.to(BROKER, log, "widening", 3, 300);
            backup.awaitCovered(log, "widening", narrow);
            awaitState(new TopicIncarnation("widening", wide), TopicState.DELETED);
            awaitPartitions(new TopicIncarnation("widening", narrow), 3);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
            backup.assertComplete(log, "widening", narrow);
            backup.assertEachOffsetInOneSegment(log, "widening", narrow);
            assertThat(backup.coverage(new TopicIdPartition(narrow, 11, "widening"))
                            .isEmpty())
                    .isTrue();
        }
        assertThat(log.partitions(wide)).hasSize(12);
        backup.assertComplete(log, "widening", wide);
        backup.assertEachOffsetInOneSegment(log, "widening", wide);
    }

    private void awaitPartitions(TopicIncarnation incarnation, int partitions) {
        await(incarnation + " with " + partitions + " partitions")
                .untilAsserted(() -> assertThat(metadata(incarnation))
                        .map(TopicMetadata::partitions)
                        .contains(partitions));
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
