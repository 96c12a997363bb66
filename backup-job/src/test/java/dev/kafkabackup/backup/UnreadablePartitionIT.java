// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** A partition that cannot be read waits, and the others of the same reader do not. */
@Timeout(120)
class UnreadablePartitionIT {

    private static final KafkaProxy PROXY = new KafkaProxy();

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().behind(PROXY);

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @RegisterExtension
    final LoggerAuditingExtension parked =
            new LoggerAuditingExtension("dev.kafkabackup.backup.source.ParkedPartitions", Level.WARN);

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @Test
    void aCorruptBatchHoldsUpItsOwnPartitionUntilKafkaServesItRight() throws Exception {
        Uuid id = BROKER.createTopic("corrupt", 3);
        TopicIdPartition partition = new TopicIdPartition(id, 1, "corrupt");
        TestBackup backup = backup("corrupt");
        produce("corrupt", 3);
        long damaged = damage(partition);
        try (RunningBackup job = backup.start()) {
            awaitParked("corrupt-1");
            produce("corrupt", 3);
            awaitCoveredBut("corrupt", id, partition, backup);
            assertThat(backup.coverage(partition).endOffset())
                    .as("read up to the damaged batch and no further")
                    .isPositive()
                    .isLessThan(log.records(partition).size());
            repair(partition, damaged);
            backup.awaitCovered(log, "corrupt", id);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        backup.assertComplete(log, "corrupt", id);
        backup.assertEachOffsetInOneSegment(log, "corrupt", id);
        assertThat(parked.getMessages()).allMatch(message -> message.contains("[corrupt-1]"));
    }

    @Test
    void errorsThatNameAPartitionOnlyInWordsHoldUpThisPartition() throws Exception {
        Uuid id = BROKER.createTopic("refused", 3);
        TopicIdPartition known = new TopicIdPartition(id, 1, "refused");
        TopicIdPartition unexpected = new TopicIdPartition(id, 2, "refused");
        TestBackup backup = backup("refused");
        produce("refused", 3);
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(log, "refused", id);
            try (KafkaProxy.Change corrupt =
                            PROXY.change(answer -> answer.withFetchError(known, Errors.CORRUPT_MESSAGE));
                    // of this one the client says that it does not know what it means
                    KafkaProxy.Change invalid =
                            PROXY.change(answer -> answer.withFetchError(unexpected, Errors.INVALID_RECORD))) {
                produce("refused", 3);
                awaitParked("refused-1");
                awaitParked("refused-2");
                produce("refused", 1);
                backup.awaitCovered(
                        new TopicIdPartition(id, 0, "refused"),
                        log.records(new TopicIdPartition(id, 0, "refused")).size());
            }
            backup.awaitCovered(log, "refused", id);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        backup.assertComplete(log, "refused", id);
        backup.assertEachOffsetInOneSegment(log, "refused", id);
    }

    @Test
    @Tag("long")
    void aBoundedRunReadsAllOthersAndFailsThenSayingWhy() throws Exception {
        Uuid id = BROKER.createTopic("hopeless", 3);
        TopicIdPartition partition = new TopicIdPartition(id, 1, "hopeless");
        TestBackup backup = backup("hopeless").with(BackupOptions.ONCE, true);
        produce("hopeless", 3);
        damage(partition);
        try (RunningBackup job = backup.start()) {
            assertThatThrownBy(job::awaitEnd).hasStackTraceContaining("[hopeless-1] cannot be read");
        }
        awaitCoveredBut("hopeless", id, partition, backup);
    }

    private TestBackup backup(String topic) {
        return new TestBackup(BROKER, folder).with(BackupOptions.INCLUDE, topic).with(BackupOptions.PARALLELISM, 1);
    }

    private void produce(String topic, int partitions) {
        RandomRecords records = RandomRecords.small();
        try (RecordingProducer producer =
                new RecordingProducer(BROKER.bootstrapServers(), log, Map.of("batch.size", 1000))) {
            for (int i = 0; i < 200 * partitions; i++) {
                producer.send(records.next(topic, i % partitions));
            }
        }
    }

    private void awaitParked(String partition) {
        await(partition + " parked")
                .until(() -> parked.getMessages().stream()
                        .anyMatch(message -> message.contains("Not reading [" + partition + "]")));
    }

    private void awaitCoveredBut(String topic, Uuid id, TopicIdPartition but, TestBackup backup) {
        for (int number : List.of(0, 2)) {
            TopicIdPartition partition = new TopicIdPartition(id, number, topic);
            assertThat(partition).isNotEqualTo(but);
            backup.awaitCovered(partition, log.records(partition).size());
        }
    }

    /** Flips a byte of one of the partition's batches on the broker's disk, and says where. */
    private static long damage(TopicIdPartition partition) throws IOException {
        try (RandomAccessFile file = logFile(partition)) {
            flip(file, file.length() / 2);
            return file.length() / 2;
        }
    }

    private static void repair(TopicIdPartition partition, long damaged) throws IOException {
        try (RandomAccessFile file = logFile(partition)) {
            flip(file, damaged);
        }
    }

    private static void flip(RandomAccessFile file, long position) throws IOException {
        file.seek(position);
        int value = file.read();
        file.seek(position);
        file.write(value ^ 1);
    }

    private static RandomAccessFile logFile(TopicIdPartition partition) throws IOException {
        Path log = BROKER.broker()
                .folder()
                .resolve(partition.topicPartition().toString())
                .resolve("00000000000000000000.log");
        return new RandomAccessFile(log.toFile(), "rw");
    }
}
