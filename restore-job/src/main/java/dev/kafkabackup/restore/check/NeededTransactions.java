// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FenceProducersOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions that a restore produces in.
 *
 * @param idPrefix how the transactional ids begin
 * @param timeout after which Kafka is to abort one that is not committed; more than 0, less than 2^31 ms
 */
public record NeededTransactions(String idPrefix, Duration timeout) {

    private static final Logger LOG = LoggerFactory.getLogger(NeededTransactions.class);

    private static final String LONGEST = "transaction.max.timeout.ms";

    /**
     * The right that is missing to use them. A producer is fenced that nobody uses, which needs the same right and
     * takes the same timeout as a transaction does.
     *
     * @throws RefusedException if the target allows no transactions as long as these
     * @throws KafkaException if Kafka does not answer
     */
    Optional<Finding> finding(Admin admin) {
        try {
            String id = idPrefix + "check";
            // also how long the client goes on trying; whoever waits gives up before
            FenceProducersOptions asLong = new FenceProducersOptions().timeoutMs(Math.toIntExact(timeout.toMillis()));
            KafkaConnection.await(admin.fenceProducers(List.of(id), asLong).all());
            KafkaConnection.await(admin.describeTransactions(List.of(id)).all());
            return Optional.empty();
        } catch (InvalidTxnTimeoutException e) {
            throw new RefusedException(
                    "Transactions of %d ms (transaction.timeout.ms) are longer than the target allows, %s: set transaction.timeout.ms in --command-config to no more than that, raise it at the brokers, or take --delivery at-least-once"
                            .formatted(timeout.toMillis(), allowed(admin)),
                    e);
        } catch (AuthorizationException e) {
            return Optional.of(TargetRights.missing(
                    "Transactional ids that begin with " + idPrefix + " may not be used (" + e.getMessage() + ")",
                    "grant WRITE and DESCRIBE on them, take --delivery at-least-once"));
        }
    }

    /**
     * For a restore that goes on: whoever starts it again may do so with another timeout. A right that is missing
     * refuses nothing here; it may have been allowed when the restore was begun.
     *
     * @throws RefusedException if the target allows no transactions as long as these
     * @throws KafkaException if Kafka does not answer
     */
    public void requireAllowed(Admin admin) {
        finding(admin).ifPresent(finding -> LOG.warn("{}", finding.what()));
    }

    /** What the broker that allows least says about it; brokers that do not answer, or not to us, are left out. */
    private static String allowed(Admin admin) {
        Map<Long, Node> brokers = new TreeMap<>();
        try {
            for (Node node : KafkaConnection.await(admin.describeCluster().nodes())) {
                allowed(admin, node).ifPresent(longest -> brokers.putIfAbsent(longest, node));
            }
        } catch (KafkaException e) {
            LOG.debug("The brokers do not tell how long transactions may be", e);
        }
        return brokers.entrySet().stream()
                .findFirst()
                .map(least -> "%s=%d at broker %s (%s:%d)"
                        .formatted(
                                LONGEST,
                                least.getKey(),
                                least.getValue().idString(),
                                least.getValue().host(),
                                least.getValue().port()))
                .orElse("its brokers' %s, which may not be read".formatted(LONGEST));
    }

    private static Optional<Long> allowed(Admin admin, Node node) {
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
        KafkaFuture<Config> answer =
                admin.describeConfigs(List.of(broker)).values().get(broker);
        try {
            return Optional.ofNullable(answer)
                    .map(config -> KafkaConnection.await(config).get(LONGEST))
                    .map(ConfigEntry::value)
                    .map(Long::valueOf);
        } catch (KafkaException e) {
            LOG.debug("Broker {} does not tell how long transactions may be", node, e);
            return Optional.empty();
        }
    }
}
