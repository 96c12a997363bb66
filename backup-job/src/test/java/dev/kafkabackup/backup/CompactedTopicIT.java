// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.retention.LateRead;
import dev.kafkabackup.retention.ReadingStore;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.CapturedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kafka removes tombstones after a time: who does not read for longer keeps keys that are deleted. */
@Timeout(120)
class CompactedTopicIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().with("log.cleaner.backoff.ms", "100");

    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster(METRICS);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ROUND = Duration.ofMillis(200);

    /** A shorter one counts as ten rounds. */
    private static final Duration SHORTEST_RETENTION = ROUND.multipliedBy(10);

    @TempDir
    private Path folder;

    @Test
    void tombstonesThatKafkaRemovedBeforeTheyWereReadAreMissingInTheBackupAndThatIsSaid() throws Exception {
        TopicIncarnation accounts = topic(
                "accounts",
                Map.of(
                        "cleanup.policy",
                        "compact",
                        "segment.ms",
                        "100",
                        "min.cleanable.dirty.ratio",
                        "0.001",
                        "delete.retention.ms",
                        "0"));
        TopicIncarnation patient = topic("patient", Map.of("cleanup.policy", "compact,delete"));
        TopicIncarnation plain = topic("plain", Map.of("delete.retention.ms", "0"));
        TestBackup backup = new TestBackup(BROKER, folder).with(BackupOptions.DISCOVERY_INTERVAL, ROUND);
        try (KafkaProducer<String, @Nullable String> producer = producer()) {
            for (String topic : List.of("accounts", "patient", "plain")) {
                producer.send(new ProducerRecord<>(topic, "deleted", "1")).get();
                producer.send(new ProducerRecord<>(topic, "kept", "1")).get();
            }
            backup.runOnce();
            Instant stopped = Instant.now();
            ReadingStore reading = new ReadingStore(backup.storage());
            assertThat(reading.read(accounts).objects()).hasSize(1);
            assertThat(reading.read(patient).objects()).hasSize(1);
            assertThat(reading.read(plain).objects())
                    .as("its log is not compacted")
                    .isEmpty();

            for (String topic : List.of("accounts", "patient", "plain")) {
                producer.send(new ProducerRecord<>(topic, "deleted", null)).get();
            }
            await("Kafka to remove the value and its tombstone")
                    .atMost(PATIENCE)
                    .until(() -> {
                        // the last segment is never compacted
                        producer.send(new ProducerRecord<>("accounts", "other", "1"))
                                .get();
                        return inKafka("accounts").stream()
                                .noneMatch(consumed -> consumed.key().equals("deleted"));
                    });
            await("the backup to be late")
                    .atMost(PATIENCE)
                    .until(() -> Duration.between(stopped, Instant.now()).compareTo(SHORTEST_RETENTION) > 0);

            long end = logEnd("accounts");
            try (CapturedLog log = CapturedLog.of(Class.forName("dev.kafkabackup.backup.snapshot.CompactedTopics"));
                    RunningBackup job = backup.start()) {
                TopicIdPartition partition = accounts.partition(0);
                await().atMost(PATIENCE).until(() -> reading.late(accounts).containsKey(0));
                backup.awaitCovered(partition, end);
                List<LateRead> late = reading.late(accounts).get(0);

                assertThat(late).anySatisfy(range -> {
                    assertThat(range.offsets().contains(2))
                            .as("the tombstone's, %s", range)
                            .isTrue();
                    assertThat(range.offsets().endOffset()).isEqualTo(end);
                    assertThat(range.unread()).isGreaterThan(SHORTEST_RETENTION);
                });
                assertThat(stored(backup, partition))
                        .as("what the alarm is about: a deleted key that a restore would bring back")
                        .containsEntry("deleted", "1")
                        .containsEntry("kept", "1");
                assertThat(log.warnings())
                        .anySatisfy(warning -> assertThat(warning)
                                .contains("Partition 0 of compacted topic accounts", "read too late", "tombstones"));
                assertThat(job.counter(METRICS, "lateReads")).isPositive();

                assertThat(reading.late(patient))
                        .as("its tombstones stay for a day")
                        .isEmpty();
                assertThat(reading.read(plain).objects()).isEmpty();
            }
        }
    }

    private static TopicIncarnation topic(String name, Map<String, String> configs) {
        Uuid id = BROKER.createTopic(name, 1, configs);
        return new TopicIncarnation(name, id);
    }

    private static KafkaProducer<String, @Nullable String> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()), new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, @Nullable String> consumer(String topic) {
        KafkaConsumer<String, @Nullable String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        return consumer;
    }

    private static long logEnd(String topic) {
        try (KafkaConsumer<String, @Nullable String> consumer = consumer(topic)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            return consumer.endOffsets(List.of(partition)).get(partition);
        }
    }

    private static List<ConsumerRecord<String, @Nullable String>> inKafka(String topic) {
        List<ConsumerRecord<String, @Nullable String>> all = new ArrayList<>();
        try (KafkaConsumer<String, @Nullable String> consumer = consumer(topic)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    /** The last value of each key, as a restore would leave it. */
    private static Map<String, String> stored(TestBackup backup, TopicIdPartition partition) {
        Map<String, String> values = new HashMap<>();
        for (ProducedRecord stored : backup.records(partition)) {
            byte[] key = stored.key();
            byte[] value = stored.value();
            if (value == null) {
                values.remove(new String(key, UTF_8));
            } else {
                values.put(new String(key, UTF_8), new String(value, UTF_8));
            }
        }
        return values;
    }
}
