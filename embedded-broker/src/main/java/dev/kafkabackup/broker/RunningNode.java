// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Kafka's server objects between one start and one stop.
 *
 * <p>They are put together as {@link KafkaRaftServer} does, which cannot be used itself: it would neither take sockets
 * that are bound already nor tell the port, and a taken port would make it end the JVM.
 */
final class RunningNode {

    static final int NODE_ID = 1;

    private final Loopback loopback;
    private final ControllerServer controller;
    private final BrokerServer broker;

    private RunningNode(Loopback loopback, ControllerServer controller, BrokerServer broker) {
        this.loopback = loopback;
        this.controller = controller;
        this.broker = broker;
    }

    /**
     * Starts a node on a formatted folder. Returns when the controller has let the broker in and the broker has begun
     * to process requests: that is when {@link BrokerServer#startup()} returns.
     */
    static RunningNode start(Path folder, int port, Map<String, String> properties) throws IOException {
        ExitAnnouncer.install();
        Loopback loopback = new Loopback(port);
        try {
            RunningNode node = create(folder, loopback, properties);
            node.startUp();
            return node;
        } catch (RuntimeException e) {
            loopback.close();
            throw new IOException("Kafka broker in " + folder + " did not start: " + e.getMessage(), e);
        }
    }

    private static RunningNode create(Path folder, Loopback loopback, Map<String, String> properties) {
        KafkaConfig config = new KafkaConfig(serverProperties(folder, loopback, properties), false);
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> stored =
                KafkaRaftServer.initializeLogDirs(config, LoggerFactory.getLogger(RunningNode.class), "");
        SharedServer shared = new SharedServer(
                config,
                stored._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(Map.of(NODE_ID, loopback.controllerAddress())),
                List.of(),
                (name, fatal, action) -> new PrintingFaultHandler(folder, name, fatal, action),
                loopback);
        return new RunningNode(
                loopback,
                new ControllerServer(shared, KafkaRaftServer.configSchema(), stored._2()),
                new BrokerServer(shared));
    }

    private void startUp() {
        controller.startup();
        try {
            broker.startup();
        } catch (RuntimeException e) {
            controller.shutdown();
            controller.awaitShutdown();
            throw e;
        }
    }

    int port() {
        return loopback.brokerPort();
    }

    /** Stops the broker first: it asks the controller for leave. */
    void stop() {
        try (loopback) {
            broker.shutdown();
            broker.awaitShutdown();
            controller.shutdown();
            controller.awaitShutdown();
        } catch (IOException e) {
            throw new UncheckedIOException("The sockets of the Kafka broker cannot be closed", e);
        }
    }

    private static Map<String, String> serverProperties(
            Path folder, Loopback loopback, Map<String, String> properties) {
        String brokerAddress = Loopback.HOST + ":" + loopback.brokerPort();
        String controllerAddress =
                Loopback.HOST + ":" + loopback.controllerAddress().getPort();
        Map<String, String> all = new HashMap<>(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", Integer.toString(NODE_ID)),
                Map.entry("controller.quorum.voters", NODE_ID + "@" + controllerAddress),
                Map.entry("listeners", "BROKER://" + brokerAddress + ",CONTROLLER://" + controllerAddress),
                Map.entry("advertised.listeners", "BROKER://" + brokerAddress),
                Map.entry("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", Loopback.BROKER),
                Map.entry("controller.listener.names", Loopback.CONTROLLER),
                Map.entry("log.dirs", folder.toString()),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // One node: a single replica of everything, and few partitions so that coordinators load at once.
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                // Kafka's default reserves 128 MiB of this JVM's heap for log compaction.
                Map.entry("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20)),
                // No MBeans: they would outlive the broker's purpose and clash with a second broker's.
                Map.entry("metric.reporters", "")));
        all.putAll(properties);
        return all;
    }
}
