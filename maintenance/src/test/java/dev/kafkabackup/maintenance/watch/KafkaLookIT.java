// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What counts as seen: only what Kafka says about this very incarnation. */
@Timeout(120)
class KafkaLookIT {

    private static final KafkaProxy PROXY = new KafkaProxy();

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension()
            .behind(PROXY)
            .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .with("allow.everyone.if.no.acl.found", "true");

    @Test
    void whereTheLogStarts() throws Exception {
        Uuid id = BROKER.createTopic("starts", 2);
        produce("starts", 0, 20);
        BROKER.admin()
                .deleteRecords(Map.of(new TopicPartition("starts", 0), RecordsToDelete.beforeOffset(7)))
                .all()
                .get();

        assertThat(look(new TopicIncarnation("starts", id))).isEqualTo(new Seen.There(Map.of(0, 7L, 1, 0L)));
    }

    @Test
    void anotherIncarnationOfTheNameSaysThatThisOneIsGone() {
        Uuid old = BROKER.createTopic("again", 1);
        BROKER.deleteTopic("again");
        Uuid now = BROKER.createTopic("again", 1);

        assertThat(look(new TopicIncarnation("again", old))).isEqualTo(new Seen.Gone());
        assertThat(look(new TopicIncarnation("again", now))).isInstanceOf(Seen.There.class);
        assertThat(look(new TopicIncarnation("nowhere", Uuid.randomUuid()))).isEqualTo(new Seen.Gone());
    }

    @Test
    void withoutRightsNothingIsSaid() throws Exception {
        Uuid id = BROKER.createTopic("secret", 1);
        TopicIncarnation secret = new TopicIncarnation("secret", id);
        TopicIncarnation gone = new TopicIncarnation("secret", Uuid.randomUuid());
        BROKER.admin()
                .createAcls(List.of(new AclBinding(
                        new ResourcePattern(ResourceType.TOPIC, "secret", PatternType.LITERAL),
                        new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.ALL, AclPermissionType.DENY))))
                .all()
                .get();

        await().untilAsserted(() -> assertThat(look(secret)).isInstanceOf(Seen.NotTold.class));
        assertThat(look(gone)).isInstanceOf(Seen.NotTold.class);
    }

    @Test
    void aPartitionOfWhichNothingIsToldHidesNoOther() {
        TopicIncarnation topic = new TopicIncarnation("halves", BROKER.createTopic("halves", 3));
        KafkaConnection kafka = new KafkaConnection(
                BROKER.bootstrapServers(), Map.of("default.api.timeout.ms", "1000", "request.timeout.ms", "800"));
        try (KafkaProxy.Change leaderless = PROXY.change(answer ->
                        answer.withOffsetError(new TopicPartition("halves", 0), Errors.LEADER_NOT_AVAILABLE));
                KafkaProxy.Change denied = PROXY.change(answer ->
                        answer.withOffsetError(new TopicPartition("halves", 2), Errors.TOPIC_AUTHORIZATION_FAILED));
                Admin admin = kafka.admin("halves")) {
            assertThat(new KafkaLook(kafka, admin, BROKER.clusterId())
                            .look(List.of(topic))
                            .get(topic))
                    .isEqualTo(new Seen.There(
                            Map.of(1, 0L), Map.of(0, "its leader did not answer", 2, "Topic authorization failed.")));
        }
    }

    @Test
    void anotherClusterSaysNothing() {
        Uuid id = BROKER.createTopic("elsewhere", 1);
        KafkaConnection kafka = new KafkaConnection(BROKER.bootstrapServers(), Map.of());

        Map<TopicIncarnation, Seen> seen = new KafkaLook(kafka, BROKER.admin(), "4L6g3nShT-eMCtK--X86sw")
                .look(List.of(
                        new TopicIncarnation("elsewhere", id), new TopicIncarnation("elsewhere", Uuid.randomUuid())));

        assertThat(seen.values())
                .hasSize(2)
                .allSatisfy(answer -> assertThat(answer)
                        .isInstanceOfSatisfying(
                                Seen.NotTold.class,
                                notTold -> assertThat(notTold.why())
                                        .contains(BROKER.clusterId(), "4L6g3nShT-eMCtK--X86sw")));
    }

    @Test
    void whoeverDoesNotAnswerSaysNothing() {
        TopicIncarnation topic = new TopicIncarnation("silent", Uuid.randomUuid());
        // nothing listens there
        KafkaConnection kafka = new KafkaConnection(
                "localhost:1", Map.of("default.api.timeout.ms", "500", "request.timeout.ms", "400"));
        try (Admin admin = kafka.admin("silent")) {
            assertThat(new KafkaLook(kafka, admin, BROKER.clusterId())
                            .look(List.of(topic))
                            .get(topic))
                    .isInstanceOf(Seen.NotTold.class);
        }
    }

    private static Seen look(TopicIncarnation topic) {
        KafkaConnection kafka = new KafkaConnection(BROKER.bootstrapServers(), Map.of());
        return new KafkaLook(kafka, BROKER.admin(), BROKER.clusterId())
                .look(List.of(topic))
                .getOrDefault(topic, new Seen.NotTold("missing"));
    }

    private static void produce(String topic, int partition, int count) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", BROKER.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                Future<RecordMetadata> unused =
                        producer.send(new ProducerRecord<>(topic, partition, null, new byte[] {1}));
            }
        }
    }
}
