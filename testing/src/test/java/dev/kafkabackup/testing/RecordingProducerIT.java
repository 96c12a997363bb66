// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.ProducerState;
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

@Timeout(120)
class RecordingProducerIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private final ProducedLog log = new ProducedLog();

    @Test
    void whatWasAcknowledgedIsWhatAConsumerReads() {
        Uuid id = BROKER.createTopic("plain", 2);
        RandomRecords records = RandomRecords.seeded();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), log)) {
            for (int i = 0; i < 2000; i++) {
                producer.send(records.next("plain", i % 2));
            }
        }

        assertThat(log.recordCount()).isEqualTo(2000);
        assertThat(log.partitions(id)).containsExactly(0, 1);
        assertThatLogIsWhatAConsumerReads("plain", id, 0);
        assertThatLogIsWhatAConsumerReads("plain", id, 1);
    }

    @Test
    void onlyCommittedTransactionsAreInTheLog() {
        Uuid id = BROKER.createTopic("transactional", 1);
        try (RecordingProducer producer =
                RecordingProducer.transactional(BROKER.bootstrapServers(), log, "transactional")) {
            producer.beginTransaction();
            producer.send(record("transactional", "committed"));
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(record("transactional", "aborted"));
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(record("transactional", "committed too"));
            producer.commitTransaction();
        }

        assertThat(log.records(new TopicIdPartition(id, 0, "transactional"))).containsOnlyKeys(0L, 4L);
        assertThatLogIsWhatAConsumerReads("transactional", id, 0);
    }

    @Test
    void theBrokersTimestampIsInTheLogIfTheTopicWantsIt() {
        Uuid id = BROKER.createTopic("stamped", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), log)) {
            producer.send(record("stamped", "value"));
        }

        assertThat(log.records(new TopicIdPartition(id, 0, "stamped"))
                        .firstEntry()
                        .getValue())
                .satisfies(record -> assertThat(record.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME))
                .satisfies(record -> assertThat(record.timestamp()).isGreaterThan(1));
        assertThatLogIsWhatAConsumerReads("stamped", id, 0);
    }

    @Test
    void aTopicCreatedAgainUnderAnOpenProducerIsFound() {
        BROKER.createTopic("replaced", 1);
        RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), log);
        producer.send(record("replaced", "value"));
        producer.flush();
        BROKER.deleteTopic("replaced");
        BROKER.createTopic("replaced", 1);

        assertThatThrownBy(producer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Topic replaced was created again");
    }

    @Test
    void aSteadyLoadOutlivesARestartAndUsesNewPartitions() {
        Uuid id = BROKER.createTopic("steady", 1);
        RandomRecords recent = RandomRecords.small().since(Instant.now().minus(Duration.ofHours(2)));
        try (SteadyLoad load = SteadyLoad.start(BROKER.bootstrapServers(), log, "steady", 1000, recent)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> log.recordCount() > 500);
            BROKER.restart();
            long atRestart = log.recordCount();
            BROKER.admin().createPartitions(Map.of("steady", NewPartitions.increaseTo(2)));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> log.recordCount() > atRestart + 500
                            && log.partitions(id).contains(1));

            load.stop();

            assertThat(log.recordCount()).isEqualTo(load.sentCount());
        }
        assertThatLogIsWhatAConsumerReads("steady", id, 0);
        assertThatLogIsWhatAConsumerReads("steady", id, 1);
    }

    /** Why a load on a broker that restarts has to have recent records. */
    @Test
    void aBrokerThatRestartsRemembersOnlyWhoProducedRecentRecords() throws Exception {
        produceFiveHundred("old", RandomRecords.small());
        produceFiveHundred("recent", RandomRecords.small().since(Instant.now().minus(Duration.ofHours(2))));

        BROKER.restart();

        assertThat(producersOf("old")).isEmpty();
        assertThat(producersOf("recent")).hasSize(1);
    }

    private void produceFiveHundred(String topic, RandomRecords records) {
        BROKER.createTopic(topic, 1);
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), log)) {
            for (int i = 0; i < 500; i++) {
                producer.send(records.next(topic, 0));
            }
        }
    }

    private static List<ProducerState> producersOf(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return BROKER.admin()
                .describeProducers(List.of(partition))
                .partitionResult(partition)
                .get()
                .activeProducers();
    }

    @Test
    void anAbandonedLoadLeavesItsUnansweredRecordsInDoubt() {
        Uuid id = BROKER.createTopic("doomed", 1);
        TopicIdPartition partition = new TopicIdPartition(id, 0, "doomed");
        SteadyLoad load = SteadyLoad.start(BROKER.bootstrapServers(), log, "doomed", 1000, RandomRecords.small());
        await().atMost(Duration.ofSeconds(30)).until(() -> log.recordCount() > 100);

        BROKER.deleteTopic("doomed");
        load.abandon();

        assertThat(log.recordCount() + log.inDoubt(partition).size()).isEqualTo(load.sentCount());
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String value) {
        return new ProducerRecord<>(topic, 0, 1L, null, value.getBytes(StandardCharsets.UTF_8));
    }

    private void assertThatLogIsWhatAConsumerReads(String topic, Uuid id, int partition) {
        Collection<ProducedRecord> logged =
                log.records(new TopicIdPartition(id, partition, topic)).values();
        assertThat(read(new TopicPartition(topic, partition))).containsExactlyElementsOf(logged);
    }

    private static List<ProducedRecord> read(TopicPartition partition) {
        List<ProducedRecord> read = new ArrayList<>();
        Map<String, Object> config =
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    read.add(new ProducedRecord(
                            record.offset(),
                            record.timestamp(),
                            record.timestampType(),
                            record.key(),
                            record.value(),
                            List.of(record.headers().toArray())));
                }
            }
        }
        return read;
    }
}
