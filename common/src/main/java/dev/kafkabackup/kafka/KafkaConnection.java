// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.kafka;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.UsageException;
import java.io.IOException;
import java.io.Reader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;

/**
 * How to reach a Kafka cluster, for clients of every kind. The properties may hold credentials: they are in no message
 * and in no {@link #toString()}.
 *
 * @param bootstrapServers {@code host:port}, several separated by commas
 * @param properties client properties from the user, for example for security
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** How long one request to Kafka may take, with the client's own retries. */
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);

    public KafkaConnection {
        properties = new TreeMap<>(properties);
    }

    /**
     * A connection with the user's client properties.
     *
     * @param commandConfig a properties file, as Kafka's own tools take with {@code --command-config}
     * @throws UsageException if it cannot be read
     */
    public static KafkaConnection of(String bootstrapServers, Path commandConfig) {
        Properties file = new Properties();
        try (Reader reader = Files.newBufferedReader(commandConfig, StandardCharsets.UTF_8)) {
            file.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException("--command-config " + commandConfig + " cannot be read: " + e, e);
        }
        Map<String, String> properties = new TreeMap<>();
        file.stringPropertyNames().forEach(name -> properties.put(name, file.getProperty(name)));
        return new KafkaConnection(bootstrapServers, properties);
    }

    /** Client properties with the user's settings, then the connection; a caller adds what its client needs. */
    public Properties clientProperties(String clientId) {
        Properties client = new Properties();
        client.putAll(properties);
        client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        client.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        return client;
    }

    /**
     * Opens an admin client.
     *
     * @throws FailedException if the settings make no client, for example because an address cannot be resolved
     */
    public Admin admin(String clientId) {
        Properties client = clientProperties(clientId);
        client.putIfAbsent(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(CALL_TIMEOUT.toMillis()));
        client.putIfAbsent(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(CALL_TIMEOUT.toMillis() / 2));
        try {
            return Admin.create(client);
        } catch (KafkaException e) {
            throw new FailedException(
                    "No Kafka client can be made for " + bootstrapServers + ": " + rootMessage(e)
                            + "; check --bootstrap-server and --command-config",
                    e);
        }
    }

    /**
     * The cluster's id, which also proves that Kafka can be reached.
     *
     * @throws FailedException if it cannot be reached within {@link #CALL_TIMEOUT}
     */
    public String clusterId(Admin admin) {
        try {
            return await(admin.describeCluster().clusterId());
        } catch (KafkaException e) {
            throw new FailedException(
                    "Kafka cannot be reached at " + bootstrapServers + ": " + rootMessage(e)
                            + "; check --bootstrap-server and --command-config",
                    e);
        }
    }

    /**
     * Waits for an answer of an admin client.
     *
     * @throws KafkaException what Kafka answered, or that it did not answer in time
     */
    public static <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get(CALL_TIMEOUT.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "no answer within " + CALL_TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    @Override
    public String toString() {
        return bootstrapServers;
    }
}
