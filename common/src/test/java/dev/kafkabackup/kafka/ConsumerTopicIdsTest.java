// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fails when a new version of kafka-clients keeps its metadata elsewhere or updates it in another way. */
class ConsumerTopicIdsTest {

    private static final Uuid A = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final Uuid B = Uuid.fromString("ncRZJmUMR1qZ3Xog-H4d3Q");

    /** Nobody listens there, and nothing polls: the metadata changes only by what the tests feed into it. */
    private final KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());

    private final ConsumerTopicIds ids = ConsumerTopicIds.of(consumer);
    private Metadata metadata;
    private long now;

    @BeforeEach
    void findTheMetadata() throws Exception {
        consumer.assign(List.of(new TopicPartition("orders", 0)));
        Object delegate = field(KafkaConsumer.class, consumer, "delegate");
        metadata = (Metadata) field(delegate.getClass(), delegate, "metadata");
    }

    @AfterEach
    void closeConsumer() {
        consumer.close();
    }

    @Test
    void aTopicThatTheConsumerHasNotSeenHasNoId() {
        assertThat(ids.current("orders")).isEmpty();
    }

    @Test
    void theIdIsTheOneOfTheLastUpdate() {
        update(A);
        assertThat(ids.current("orders")).contains(A);
        update(B);
        assertThat(ids.current("orders")).contains(B);
    }

    @Test
    void theFirstIdOfAWatchedTopicIsAChange() {
        ids.watch("orders");

        update(A);

        assertThat(ids.takeChanged()).containsExactly("orders");
        assertThat(ids.takeChanged()).isEmpty();
    }

    @Test
    void theSameIdAgainIsNoChange() {
        update(A);
        ids.watch("orders");

        update(A);
        update(A);

        assertThat(ids.takeChanged()).isEmpty();
    }

    @Test
    void anIdThatIsReplacedAndComesBackBetweenTwoPollsIsAChange() {
        update(A);
        ids.watch("orders");

        update(B);
        update(A);

        assertThat(ids.takeChanged()).containsExactly("orders");
        assertThat(ids.current("orders")).contains(A);
    }

    @Test
    void anIdThatIsUnknownForAWhileIsAChange() {
        update(A);
        ids.watch("orders");

        updateUnknown();
        assertThat(ids.current("orders")).isEmpty();
        update(A);

        assertThat(ids.takeChanged()).containsExactly("orders");
    }

    @Test
    void topicsThatAreNotWatchedDoNotCount() {
        update(A);
        update(B);

        assertThat(ids.takeChanged()).isEmpty();
    }

    private void update(Uuid id) {
        answer(new MetadataResponseData.MetadataResponseTopic()
                .setName("orders")
                .setTopicId(id)
                .setPartitions(List.of(new MetadataResponseData.MetadataResponsePartition()
                        .setPartitionIndex(0)
                        .setLeaderId(1)
                        .setLeaderEpoch(0)
                        .setReplicaNodes(List.of(1))
                        .setIsrNodes(List.of(1)))));
    }

    private void updateUnknown() {
        answer(new MetadataResponseData.MetadataResponseTopic()
                .setName("orders")
                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
    }

    private void answer(MetadataResponseData.MetadataResponseTopic topic) {
        Node broker = new Node(1, "127.0.0.1", 1);
        MetadataResponseData data =
                new MetadataResponseData().setClusterId("cluster").setControllerId(1);
        data.brokers()
                .add(new MetadataResponseData.MetadataResponseBroker()
                        .setNodeId(broker.id())
                        .setHost(broker.host())
                        .setPort(broker.port()));
        data.topics().add(topic);
        metadata.updateWithCurrentRequestVersion(
                new MetadataResponse(data, ApiKeys.METADATA.latestVersion()), false, ++now);
    }

    private static Object field(Class<?> type, Object owner, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:1");
        properties.put("group.protocol", "classic");
        return properties;
    }
}
