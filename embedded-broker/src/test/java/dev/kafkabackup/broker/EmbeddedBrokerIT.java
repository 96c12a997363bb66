// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedBrokerIT {

    @TempDir
    private Path folder;

    @Test
    void aRestartKeepsPortClusterTopicsAndRecords() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.in(folder).start();
                Admin admin = admin(broker)) {
            String clusterId = broker.clusterId();
            String bootstrapServers = broker.bootstrapServers();
            Uuid topicId = createTopic(admin, "orders");
            assertThat(produce(broker, "orders")).isZero();

            broker.restart();

            assertThat(broker.bootstrapServers()).isEqualTo(bootstrapServers);
            assertThat(admin.describeCluster().clusterId().get()).isEqualTo(clusterId);
            assertThat(topicId(admin, "orders")).isEqualTo(topicId);
            assertThat(produce(broker, "orders")).isEqualTo(1);
        }
    }

    @Test
    void anotherBrokerOnTheSameFolderIsTheSameCluster() throws Exception {
        String clusterId;
        Uuid topicId;
        try (EmbeddedBroker broker = EmbeddedBroker.in(folder).start();
                Admin admin = admin(broker)) {
            clusterId = broker.clusterId();
            topicId = createTopic(admin, "orders");
        }
        try (EmbeddedBroker broker = EmbeddedBroker.in(folder).start();
                Admin admin = admin(broker)) {
            assertThat(broker.clusterId()).isEqualTo(clusterId);
            assertThat(topicId(admin, "orders")).isEqualTo(topicId);
        }
    }

    @Test
    void twoBrokersRunSideBySide() throws Exception {
        try (EmbeddedBroker one = EmbeddedBroker.in(folder.resolve("one")).start();
                EmbeddedBroker two = EmbeddedBroker.in(folder.resolve("two")).start();
                Admin adminOfOne = admin(one);
                Admin adminOfTwo = admin(two)) {
            createTopic(adminOfOne, "orders");

            assertThat(one.clusterId()).isNotEqualTo(two.clusterId());
            assertThat(adminOfTwo.listTopics().names().get()).isEmpty();
        }
    }

    @Test
    void aTakenPortIsNamedAndTheJvmLivesOn() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() ->
                            EmbeddedBroker.in(folder).port(other.getLocalPort()).start())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Port " + other.getLocalPort() + " on 127.0.0.1 cannot be used")
                    .hasMessageContaining("choose another one");
        }
    }

    @Test
    void aWrongPropertyIsNamedAndThePortIsGivenBack() throws Exception {
        assertThatThrownBy(() -> EmbeddedBroker.in(folder)
                        .property("num.io.threads", "none")
                        .start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("num.io.threads");

        EmbeddedBroker.in(folder).start().close();
    }

    @Test
    void aFileInPlaceOfTheFolderIsRefused() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> EmbeddedBroker.in(file).start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void propertiesOfTheCallerWin() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.in(folder)
                        .property("log.retention.check.interval.ms", "1000")
                        .start();
                Admin admin = admin(broker)) {
            ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, "1");

            Config config = admin.describeConfigs(List.of(node)).all().get().getOrDefault(node, new Config(List.of()));
            assertThat(config.get("log.retention.check.interval.ms").value()).isEqualTo("1000");
        }
    }

    @Test
    void closingTwiceAndStartingTwiceDoNoHarm() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.in(folder).start();
        broker.start();
        assertThat(broker.isRunning()).isTrue();
        broker.close();
        broker.close();
        assertThat(broker.isRunning()).isFalse();
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static Uuid createTopic(Admin admin, String name) throws Exception {
        return admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty())))
                .topicId(name)
                .get(10, TimeUnit.SECONDS);
    }

    private static Uuid topicId(Admin admin, String name) throws Exception {
        return admin.describeTopics(List.of(name))
                .allTopicNames()
                .get()
                .values()
                .iterator()
                .next()
                .topicId();
    }

    private static long produce(EmbeddedBroker broker, String topic) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(topic, new byte[] {1}))
                    .get(10, TimeUnit.SECONDS)
                    .offset();
        }
    }
}
