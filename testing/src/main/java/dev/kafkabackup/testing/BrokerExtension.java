// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import static org.awaitility.Awaitility.await;

import dev.kafkabackup.broker.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One broker for all tests of a class, or of the classes that {@link #shared share} it, in a folder that is removed at
 * the end.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final BrokerExtension BROKER = new BrokerExtension().with("transaction.max.timeout.ms", "20000");
 * }</pre>
 *
 * <p>Unless a topic says otherwise nothing expires, whatever the timestamps of its records.
 */
public final class BrokerExtension implements BeforeAllCallback, AfterAllCallback {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<String, String> properties = new LinkedHashMap<>(Map.of("log.retention.ms", "-1"));
    private final Map<String, String> adminProperties = new HashMap<>();
    private boolean shared;
    private @Nullable KafkaProxy proxy;
    private @Nullable Path folder;
    private @Nullable EmbeddedBroker broker;
    private @Nullable Admin admin;

    /** Adds a server property, as in Kafka's {@code server.properties}; to be called before the tests begin. */
    public BrokerExtension with(String property, String value) {
        properties.put(property, value);
        return this;
    }

    /** What {@link #admin()} needs besides the address; to be called before the tests begin. */
    public BrokerExtension withAdminClient(Map<String, String> clientProperties) {
        adminProperties.putAll(clientProperties);
        return this;
    }

    /** Leaves a server property at Kafka's own default; to be called before the tests begin. */
    public BrokerExtension without(String property) {
        properties.remove(property);
        return this;
    }

    /** Lets all clients reach the broker through the proxy only, which is closed with the broker. */
    public BrokerExtension behind(KafkaProxy between) {
        proxy = between;
        return with("advertised.listeners", "BROKER://" + between.address());
    }

    /**
     * Keeps the broker for all classes that register this very instance, until the last test of the process has ended;
     * to be called before the tests begin. Their topics need different names.
     */
    public BrokerExtension shared() {
        shared = true;
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (!shared) {
            start();
        } else if (broker == null) {
            start();
            AutoCloseable end = this::stop;
            context.getRoot().getStore(ExtensionContext.Namespace.create(this)).put("end", end);
        }
    }

    private void start() throws IOException {
        folder = Files.createTempDirectory("broker-");
        EmbeddedBroker.Builder builder = EmbeddedBroker.in(folder);
        properties.forEach(builder::property);
        broker = builder.start();
        if (proxy != null) {
            proxy.forwardTo(broker.port());
        }
        Map<String, Object> client = new HashMap<>(adminProperties);
        client.put("bootstrap.servers", bootstrapServers());
        admin = Admin.create(client);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (!shared) {
            stop();
        }
    }

    private void stop() throws IOException {
        if (admin != null) {
            admin.close();
            admin = null;
        }
        if (broker != null) {
            broker.close();
            broker = null;
        }
        if (proxy != null) {
            proxy.close();
        }
        if (folder != null) {
            deleteRecursively(folder);
            folder = null;
        }
    }

    /** What clients take as {@code bootstrap.servers}; survives {@link #restart()}. */
    public String bootstrapServers() {
        return proxy == null ? broker().bootstrapServers() : proxy.address();
    }

    /** The id of this cluster. */
    public String clusterId() {
        return broker().clusterId();
    }

    /** An admin client that lives as long as the broker; not to be closed by tests. */
    public Admin admin() {
        return started(admin);
    }

    /** The broker itself, to stop and start it. */
    public EmbeddedBroker broker() {
        return started(broker);
    }

    /** Stops the broker and starts it again on the same port and data. */
    public void restart() {
        try {
            broker().restart();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@link #createTopic(String, int, Map)} with the broker's default configuration. */
    public Uuid createTopic(String name, int partitions) {
        return createTopic(name, partitions, Map.of());
    }

    /**
     * Creates a topic and returns when every partition of it has a leader that answers.
     *
     * @return the id of the new incarnation
     */
    public Uuid createTopic(String name, int partitions, Map<String, String> configs) {
        NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(configs);
        Uuid id = get(admin().createTopics(List.of(topic)).topicId(name));
        await("topic " + name + " with " + partitions + " partitions")
                .atMost(PATIENCE)
                .until(() -> describe(name)
                        .filter(described -> described.topicId().equals(id)
                                && described.partitions().size() == partitions)
                        .isPresent());
        get(admin().listOffsets(Stream.iterate(0, partition -> partition + 1)
                        .limit(partitions)
                        .collect(Collectors.toMap(
                                partition -> new TopicPartition(name, partition), partition -> OffsetSpec.latest())))
                .all());
        return id;
    }

    /** Deletes a topic and returns when the broker does not know it any more. */
    public void deleteTopic(String name) {
        get(admin().deleteTopics(List.of(name)).all());
        await("topic " + name + " to be gone")
                .atMost(PATIENCE)
                .until(() -> describe(name).isEmpty());
    }

    /** The id of the topic's present incarnation. */
    public Uuid topicId(String name) {
        return describe(name)
                .map(TopicDescription::topicId)
                .orElseThrow(() -> new IllegalStateException("There is no topic " + name));
    }

    private Optional<TopicDescription> describe(String name) {
        try {
            return Optional.of(get(admin().describeTopics(List.of(name)).allTopicNames()))
                    .map(descriptions -> descriptions.get(name));
        } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
        }
    }

    /** The result of an admin call, with its own exception if it failed. */
    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("The broker did not answer within " + PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the broker", e);
        }
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException(
                    "The broker does not run: register the extension with a static field annotated @RegisterExtension");
        }
        return part;
    }

    private static void deleteRecursively(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
