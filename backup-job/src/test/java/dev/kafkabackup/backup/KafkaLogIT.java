// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Offsets without records: aborted, compacted away, or not yet committed; holes that are filled again. */
@Timeout(180)
class KafkaLogIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().with("log.cleaner.backoff.ms", "200");

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @Test
    void aHoleThatKafkaCanStillServeIsReadAgainAndWhatIsCoveredIsNot() throws Exception {
        Uuid id = BROKER.createTopic("hole", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "hole");
        TestBackup backup = backup("hole");
        for (int i = 0; i < 3; i++) {
            Produce.to(BROKER, log, "hole", 1, 200);
            backup.runOnce();
        }
        backup.storage().delete(backup.segments(partition).segments().get(1).path());
        assertThat(backup.coverage(partition).holes()).containsExactly(new OffsetRange(200, 400));
        Produce.to(BROKER, log, "hole", 1, 200);

        backup.runOnce();

        backup.assertComplete(log, "hole", id);
        backup.assertEachOffsetInOneSegment(partition);
    }

    @Test
    void aTruncatedObjectIsReplacedBecauseItCoversNothing() throws Exception {
        Uuid id = BROKER.createTopic("truncated", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "truncated");
        TestBackup backup = backup("truncated");
        Produce.to(BROKER, log, "truncated", 1, 200);
        backup.runOnce();
        String path = backup.segments(partition).segments().get(0).path();
        backup.storage().publish(path, ObjectContent.of("cut".getBytes(StandardCharsets.UTF_8)));

        backup.runOnce();

        backup.assertComplete(log, "truncated", id);
        backup.assertEachOffsetInOneSegment(partition);
    }

    @Test
    void abortedRecordsAreNeverStoredAlsoWhileTheJobRuns() {
        Uuid id = BROKER.createTopic("transactions", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "transactions");
        TestBackup backup = backup("transactions");
        try (RunningBackup job = backup.start()) {
            for (int i = 0; i < 4; i++) {
                Produce.aborted(BROKER, log, "transactions", 150);
                Produce.committed(BROKER, log, "transactions", 100);
            }
            backup.awaitCovered(log, "transactions", id);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        assertThat(log.records(partition)).hasSize(400);
        backup.assertComplete(log, "transactions", id);
        backup.assertEachOffsetInOneSegment(partition);
    }

    @Test
    void theHolesOfACompactedTopicAreCovered() throws Exception {
        Uuid id = BROKER.createTopic(
                "compacted",
                1,
                Map.of(
                        "cleanup.policy",
                        "compact",
                        "segment.bytes",
                        "1048576",
                        "segment.ms",
                        "100",
                        "min.cleanable.dirty.ratio",
                        "0.01"));
        TopicIdPartition partition = new TopicIdPartition(id, 0, "compacted");
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), log)) {
            for (int i = 0; i < 3_000; i++) {
                byte[] key = ("key-" + i % 7).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>("compacted", 0, 1_700_000_000_000L + i, key, new byte[1_000]));
                if (i % 1_000 == 0) {
                    producer.flush();
                }
            }
        }
        await().until(() -> consume("compacted").size() < 2_000);
        TestBackup backup = backup("compacted");

        backup.runOnce();

        List<ProducedRecord> stored = backup.records(partition);
        assertThat(stored).hasSizeLessThan(2_000);
        assertThat(log.records(partition).values()).containsAll(stored);
        assertThat(latestByKey(stored))
                .isEqualTo(latestByKey(log.records(partition).values()));
        assertThat(backup.coverage(partition).ranges()).containsExactly(new OffsetRange(0, 3_000));
    }

    @Test
    void timestampsThatTheBrokerSetStayTheBrokers() {
        Uuid id = BROKER.createTopic("append-time", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        Produce.to(BROKER, log, "append-time", 1, 200);
        TestBackup backup = backup("append-time");

        backup.runOnce();

        backup.assertComplete(log, "append-time", id);
        assertThat(backup.records(new TopicIdPartition(id, 0, "append-time")))
                .allMatch(record -> record.timestampType() == TimestampType.LOG_APPEND_TIME);
    }

    private TestBackup backup(String include) {
        return new TestBackup(BROKER, folder).with(BackupOptions.INCLUDE, include);
    }

    private static Map<String, Long> latestByKey(Iterable<ProducedRecord> records) {
        Map<String, Long> latest = new HashMap<>();
        records.forEach(record -> latest.put(new String(record.key(), StandardCharsets.UTF_8), record.offset()));
        return latest;
    }

    private static List<ConsumerRecord<byte[], byte[]>> consume(String topic) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", BROKER.bootstrapServers());
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
