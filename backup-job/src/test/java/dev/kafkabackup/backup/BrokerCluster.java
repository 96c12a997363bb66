// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import kafka.server.BrokerServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Three brokers and a controller for all tests of a class. Brokers {@link #REPLICAS} hold the topics and are stopped
 * and started by tests; the other one always runs, and clients begin with it.
 */
final class BrokerCluster implements BeforeAllCallback, AfterAllCallback {

    /** The brokers that topics are created on; the first is their preferred leader. */
    static final List<Integer> REPLICAS = List.of(1, 2);

    private static final int ALWAYS_ON = 0;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Set<Integer> stopped = new TreeSet<>();
    private @Nullable KafkaClusterTestKit cluster;
    private @Nullable Admin admin;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        cluster = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                        .setNumBrokerNodes(3)
                        .setNumControllerNodes(1)
                        .build())
                .setConfigProp("log.retention.ms", "-1")
                // a broker that was stopped may come again only when its session is over
                .setConfigProp("broker.session.timeout.ms", "3000")
                .setConfigProp("broker.heartbeat.interval.ms", "100")
                .setConfigProp("auto.create.topics.enable", "false")
                .setConfigProp("offsets.topic.num.partitions", "1")
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20))
                .setDeleteOnClose(true)
                .build();
        cluster.format();
        cluster.startup();
        cluster.waitForReadyBrokers();
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (admin != null) {
            admin.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    /** Address of the broker that is never stopped. */
    String bootstrapServers() {
        BrokerServer broker = broker(ALWAYS_ON);
        return "localhost:" + broker.boundPort(broker.config().interBrokerListenerName());
    }

    /** Creates a topic of one partition on {@link #REPLICAS}, whose leader may be a replica that is behind. */
    Uuid createTopic(String name) throws Exception {
        Uuid id = started(admin)
                .createTopics(List.of(new NewTopic(name, Map.of(0, REPLICAS))
                        .configs(Map.of("unclean.leader.election.enable", "true", "min.insync.replicas", "1"))))
                .topicId(name)
                .get();
        awaitInSync(name, Set.copyOf(REPLICAS));
        awaitLeader(name, REPLICAS.get(0));
        return id;
    }

    /** Lets a client read at most so many bytes in a second; 0: as many as it can. */
    void throttle(String clientId, int bytesPerSecond) throws Exception {
        ClientQuotaEntity client = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, clientId));
        Double limit = bytesPerSecond == 0 ? null : Double.valueOf(bytesPerSecond);
        started(admin)
                .alterClientQuotas(List.of(new ClientQuotaAlteration(
                        client, List.of(new ClientQuotaAlteration.Op("consumer_byte_rate", limit)))))
                .all()
                .get();
    }

    /** Stops one of {@link #REPLICAS} cleanly. */
    void stop(int broker) {
        stopped.add(broker);
        broker(broker).shutdown();
        broker(broker).awaitShutdown();
    }

    /** Starts a broker that was stopped; it comes back with its log on another port. */
    void start(int broker) {
        broker(broker).startup();
        stopped.remove(broker);
    }

    /** Starts every broker that is stopped. */
    void startAll() {
        List.copyOf(stopped).forEach(this::start);
    }

    /** Waits until these brokers, no more and no fewer, have all that is committed. */
    void awaitInSync(String topic, Set<Integer> brokers) {
        await(topic + " in sync on " + brokers)
                .atMost(PATIENCE)
                .until(() -> partition(topic)
                        .filter(found -> ids(found.isr()).equals(brokers))
                        .isPresent());
    }

    /** Waits until the broker leads the topic. */
    void awaitLeader(String topic, int broker) {
        await(topic + " led by " + broker)
                .atMost(PATIENCE)
                .until(() -> partition(topic)
                        .map(TopicPartitionInfo::leader)
                        .filter(leader -> leader.id() == broker)
                        .isPresent());
    }

    private Optional<TopicPartitionInfo> partition(String topic) throws InterruptedException {
        try {
            return Optional.of(started(admin)
                    .describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .get(0));
        } catch (ExecutionException e) {
            // not known everywhere yet
            return Optional.empty();
        }
    }

    private static Set<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).collect(Collectors.toSet());
    }

    private BrokerServer broker(int id) {
        return started(started(cluster).brokers().get(id));
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("The cluster does not run");
        }
        return part;
    }
}
