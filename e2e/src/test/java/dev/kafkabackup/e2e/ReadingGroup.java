// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.awaitility.Awaitility.await;

import dev.kafkabackup.testing.ProducedRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer group that reads one topic, and has to go on after it was restored. */
final class ReadingGroup {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String bootstrapServers;
    private final String group;
    private final String topic;
    private final int partitions;

    ReadingGroup(String bootstrapServers, String group, String topic, int partitions) {
        this.bootstrapServers = bootstrapServers;
        this.group = group;
        this.topic = topic;
        this.partitions = partitions;
    }

    /** Reads something of every partition; returns what the group has committed then, by partition. */
    NavigableMap<Integer, Long> readAPartAndCommit() {
        try (KafkaConsumer<byte[], byte[]> consumer = groupMember(Map.of("auto.offset.reset", "earliest"))) {
            consumer.subscribe(List.of(topic));
            Set<Integer> seen = new TreeSet<>();
            await("the group to have read of every partition")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .pollInSameThread()
                    .until(() -> {
                        consumer.poll(Duration.ofMillis(100)).forEach(record -> seen.add(record.partition()));
                        return seen.size() == partitions;
                    });
            consumer.commitSync();
            NavigableMap<Integer, Long> committed = new TreeMap<>();
            for (Map.Entry<TopicPartition, OffsetAndMetadata> entry :
                    consumer.committed(consumer.assignment()).entrySet()) {
                committed.put(entry.getKey().partition(), entry.getValue().offset());
            }
            return committed;
        }
    }

    /**
     * Reads from where the group is, until so many records have come; returns them by partition, with no offset: it is
     * another one after a restore.
     */
    Map<Integer, List<ProducedRecord>> readOn(long expected) {
        Map<Integer, List<ProducedRecord>> read = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = groupMember(Map.of("auto.offset.reset", "none"))) {
            consumer.subscribe(List.of(topic));
            long[] count = {0};
            await("the group to read on to the end")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .pollInSameThread()
                    .until(() -> {
                        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                            read.computeIfAbsent(record.partition(), any -> new ArrayList<>())
                                    .add(withoutOffset(record));
                            count[0]++;
                        }
                        return count[0] >= expected;
                    });
        }
        return read;
    }

    private static ProducedRecord withoutOffset(ConsumerRecord<byte[], byte[]> record) {
        return new ProducedRecord(
                ProducedRecord.UNKNOWN_OFFSET,
                record.timestamp(),
                record.timestampType(),
                record.key(),
                record.value(),
                List.of(record.headers().toArray()));
    }

    private KafkaConsumer<byte[], byte[]> groupMember(Map<String, Object> more) {
        Map<String, Object> properties = new TreeMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "group.id",
                group,
                "enable.auto.commit",
                false,
                "isolation.level",
                "read_committed",
                "max.poll.records",
                37));
        properties.putAll(more);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
