// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A bounded run ends by itself when it has covered what was stable at its start. */
@Timeout(120)
class BackupOnceIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @Test
    void everythingIsThereAtTheEndWhateverTheTopicsName() {
        Uuid plain = BROKER.createTopic("plain", 2);
        Uuid dotted = BROKER.createTopic("eu.orders-v1_x", 1);
        BROKER.createTopic("empty", 2);
        Produce.to(BROKER, log, "plain", 2, 2_000);
        Produce.to(BROKER, log, "eu.orders-v1_x", 1, 500);
        TestBackup backup = backup("plain|empty|eu\\.orders-v1_x");

        backup.runOnce();

        backup.assertComplete(log, "plain", plain);
        backup.assertComplete(log, "eu.orders-v1_x", dotted);
        backup.assertEachOffsetInOneSegment(log, "plain", plain);
    }

    @Test
    void anotherRunAddsOnlyWhatIsNew() {
        Uuid id = BROKER.createTopic("twice", 2);
        Produce.to(BROKER, log, "twice", 2, 500);
        TestBackup backup = backup("twice");
        backup.runOnce();
        backup.runOnce();
        Produce.to(BROKER, log, "twice", 2, 500);

        backup.runOnce();

        backup.assertComplete(log, "twice", id);
        backup.assertEachOffsetInOneSegment(log, "twice", id);
        assertThat(backup.ranges(new TopicIdPartition(id, 0, "twice"))).hasSize(2);
    }

    @Test
    void fiftyPartitionsOfWhichMostAreEmpty() {
        Uuid id = BROKER.createTopic("fifty", 50);
        Produce.to(BROKER, log, "fifty", 20, 2_000);
        TestBackup backup = backup("fifty");

        backup.runOnce();

        assertThat(log.partitions(id)).hasSize(20);
        backup.assertComplete(log, "fifty", id);
        backup.assertEachOffsetInOneSegment(log, "fifty", id);
    }

    @Test
    void aTransactionThatStaysOpenDoesNotHoldUpTheEnd() throws Exception {
        Uuid id = BROKER.createTopic("open", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "open");
        Produce.to(BROKER, log, "open", 1, 300);
        TestBackup backup = backup("open");
        try (RecordingProducer producer =
                RecordingProducer.transactional(BROKER.bootstrapServers(), log, "stays-open")) {
            producer.beginTransaction();
            producer.send(RandomRecords.small().next("open", 0));
            producer.flush();
            Produce.to(BROKER, new ProducedLog(), "open", 1, 50);

            backup.runOnce();

            assertThat(backup.coverage(partition).ranges()).containsExactly(new OffsetRange(0, 300));
            backup.assertComplete(log, "open", id);
            producer.abortTransaction();
        }

        backup.runOnce();

        assertThat(backup.coverage(partition).ranges()).containsExactly(new OffsetRange(0, lastStableOffset("open")));
        assertThat(backup.records(partition)).hasSize(350);
    }

    @Test
    void abortedRecordsAndMarkersAtTheEndAreCoveredAndNotStored() throws Exception {
        Uuid id = BROKER.createTopic("aborted", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "aborted");
        for (int i = 0; i < 3; i++) {
            Produce.committed(BROKER, log, "aborted", 100);
            Produce.aborted(BROKER, log, "aborted", 200);
        }
        TestBackup backup = backup("aborted");

        backup.runOnce();

        backup.assertComplete(log, "aborted", id);
        assertThat(log.records(partition)).hasSize(300);
        assertThat(backup.coverage(partition).ranges())
                .containsExactly(new OffsetRange(0, lastStableOffset("aborted")));
    }

    @Test
    void nothingButAbortedTransactionsIsCoveredByASegmentWithoutRecords() throws Exception {
        Uuid id = BROKER.createTopic("only-aborted", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "only-aborted");
        Produce.aborted(BROKER, log, "only-aborted", 200);
        Produce.aborted(BROKER, log, "only-aborted", 200);
        TestBackup backup = backup("only-aborted");

        backup.runOnce();

        assertThat(backup.records(partition)).isEmpty();
        assertThat(backup.coverage(partition).ranges())
                .containsExactly(new OffsetRange(0, lastStableOffset("only-aborted")));
        assertThat(backup.segments(partition).segments())
                .allSatisfy(segment -> assertThat(segment.name().leaderEpoch()).isNotNegative());
    }

    @Test
    void aTopicThatIsDeletedMeanwhileDoesNotHoldUpTheEnd() {
        Uuid id = BROKER.createTopic("vanishing", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "vanishing");
        Produce.to(BROKER, log, "vanishing", 1, 20_000);
        Uuid other = BROKER.createTopic("vanishing-not", 1);
        Produce.to(BROKER, log, "vanishing-not", 1, 100);
        // a slow consumer, so that there is something left to read when the topic is gone
        TestBackup backup = backup("vanishing.*")
                .withClient("max.poll.records", "5")
                .withClient("max.partition.fetch.bytes", "10000")
                .with(BackupOptions.SEGMENT_AGE, Duration.ofMillis(100))
                .with(BackupOptions.ONCE, true);

        try (RunningBackup job = backup.start()) {
            await().until(() -> !backup.coverage(partition).isEmpty());
            BROKER.deleteTopic("vanishing");
            job.awaitEnd();
        }

        assertThat(backup.coverage(partition).endOffset()).isLessThan(20_000);
        assertThat(backup.records(partition))
                .containsExactlyElementsOf(log.records(partition)
                        .headMap(backup.coverage(partition).endOffset())
                        .values());
        backup.assertComplete(log, "vanishing-not", other);
    }

    private TestBackup backup(String include) {
        return new TestBackup(BROKER, folder).with(BackupOptions.INCLUDE, include);
    }

    private static long lastStableOffset(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return BROKER.admin()
                .listOffsets(
                        Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(partition)
                .get()
                .offset();
    }
}
