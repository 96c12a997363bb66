// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.testing.BrokerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The cluster that is restored into, as somebody else uses it: who may do what, what is produced, what is there. */
final class TargetCluster {

    private final BrokerExtension broker;

    TargetCluster(BrokerExtension broker) {
        this.broker = broker;
    }

    /** Takes one right to something away, and leaves all others. */
    void deny(ResourceType type, String name, AclOperation operation) throws Exception {
        broker.admin()
                .createAcls(List.of(
                        acl(type, name, PatternType.LITERAL, AclOperation.ALL, AclPermissionType.ALLOW),
                        acl(type, name, PatternType.LITERAL, operation, AclPermissionType.DENY)))
                .all()
                .get();
    }

    /** Gives a right back that was taken away. */
    void allowAgain(ResourceType type, String name, AclOperation operation) throws Exception {
        broker.admin()
                .deleteAcls(List.of(acl(type, name, PatternType.LITERAL, operation, AclPermissionType.DENY)
                        .toFilter()))
                .all()
                .get();
    }

    /** Takes away the right to transactions whose ids begin like this. */
    void denyTransactions(String prefix) throws Exception {
        broker.admin()
                .createAcls(List.of(acl(
                        ResourceType.TRANSACTIONAL_ID,
                        prefix,
                        PatternType.PREFIXED,
                        AclOperation.WRITE,
                        AclPermissionType.DENY)))
                .all()
                .get();
    }

    private static AclBinding acl(
            ResourceType type, String name, PatternType pattern, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
    }

    /** Produces one record. */
    void produce(TopicPartition partition) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[] {1}))
                    .get();
        }
    }

    /** Timestamps of all committed records, in their order. */
    List<Long> timestamps(TopicPartition partition) {
        List<Long> timestamps = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    timestamps.add(record.timestamp());
                }
            }
        }
        return timestamps;
    }
}
