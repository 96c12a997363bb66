// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.demo;

import dev.kafkabackup.kafka.KafkaConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What the demo does on its broker with plain Kafka clients. */
final class DemoCluster implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(500);

    private final String bootstrapServers;
    private final String topic;
    private final Admin admin;

    DemoCluster(String bootstrapServers, String topic) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    Admin admin() {
        return admin;
    }

    Uuid createTopic(int partitions) {
        return KafkaConnection.await(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .topicId(topic));
    }

    void deleteTopic() {
        KafkaConnection.await(admin.deleteTopics(List.of(topic)).all());
    }

    /** Names of the topics that users made. */
    Set<String> topics() {
        return KafkaConnection.await(admin.listTopics().names());
    }

    /** Last stable offset of each partition. */
    Map<Integer, Long> lastStableOffsets() {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (int partition = 0; partition < DemoProducer.PARTITIONS; partition++) {
            wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        Map<Integer, Long> offsets = new TreeMap<>();
        KafkaConnection.await(admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .forEach((partition, info) -> offsets.put(partition.partition(), info.offset()));
        return offsets;
    }

    /** What Kafka has stored for a group, by partition. */
    Map<Integer, Long> committedOffsets(String group) {
        Map<Integer, Long> offsets = new TreeMap<>();
        KafkaConnection.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
        return offsets;
    }

    /** Reads at least so many records as a member of the group, commits, and leaves. */
    Map<Integer, Long> consumeAndCommit(String group, int records) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(group)) {
            consumer.subscribe(List.of(topic));
            Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
            for (int read = 0; read < records; ) {
                var polled = consumer.poll(POLL);
                read += polled.count();
                next.putAll(polled.nextOffsets());
            }
            consumer.commitSync(next);
            Map<Integer, Long> offsets = new TreeMap<>();
            next.forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
            return offsets;
        }
    }

    /** Goes on as a member of the group; the first record of each partition that has one to go. */
    Map<Integer, ConsumerRecord<byte[], byte[]>> firstRecordsOf(String group, Set<Integer> partitions) {
        Map<Integer, ConsumerRecord<byte[], byte[]>> first = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(group)) {
            consumer.subscribe(List.of(topic));
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!first.keySet().containsAll(partitions) && System.nanoTime() < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    first.putIfAbsent(record.partition(), record);
                }
            }
        }
        return first;
    }

    /** Reads a partition from its beginning to its last stable offset. */
    void readAll(int partition, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        TopicPartition topicPartition = new TopicPartition(topic, partition);
        long end = Optional.ofNullable(lastStableOffsets().get(partition)).orElse(0L);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("demo-comparison")) {
            consumer.assign(List.of(topicPartition));
            consumer.seekToBeginning(List.of(topicPartition));
            while (consumer.position(topicPartition) < end) {
                consumer.poll(POLL).forEach(reader);
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(String group) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
