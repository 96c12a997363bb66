// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka cluster of one KRaft node, broker and controller in one, that runs in this JVM and listens on loopback only.
 *
 * <p>It is Kafka's own server: topic ids, transactions, groups and retention behave as on any cluster. The data folder
 * keeps everything: a broker that is stopped and started again, or a new one on the same folder, has the same cluster
 * id, topics and groups. Within one object the port stays the same too, so that clients find it again. At most one
 * broker may use a folder at a time.
 *
 * <p>A fault that would make a stand-alone broker end its process is printed to standard error. If Kafka insists on
 * ending the JVM, because its data folder is lost for instance, the reason is printed first; see {@link ExitAnnouncer}.
 *
 * <p>Thread safe; starting and stopping block until done.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private final Path folder;
    private final Map<String, String> properties;
    private final int port;
    private final String clusterId;
    private @Nullable RunningNode node;

    private EmbeddedBroker(Path folder, int port, Map<String, String> properties) throws IOException {
        this.folder = folder;
        this.properties = Map.copyOf(properties);
        this.clusterId = DataFolder.format(folder, Uuid.randomUuid().toString());
        this.node = RunningNode.start(folder, port, this.properties);
        this.port = node.port();
    }

    /** Configures a broker that keeps its data in the given folder, which is created if it is missing. */
    public static Builder in(Path folder) {
        return new Builder(folder);
    }

    /** What clients take as {@code bootstrap.servers}; the same before and after a restart. */
    public String bootstrapServers() {
        return Loopback.HOST + ":" + port;
    }

    /** The port on loopback; the same before and after a restart. */
    public int port() {
        return port;
    }

    /** The id that Kafka gave the cluster when the folder was first used. */
    public String clusterId() {
        return clusterId;
    }

    /** Where the broker keeps its data. */
    public Path folder() {
        return folder;
    }

    /** Whether the broker was started and not stopped since. */
    public synchronized boolean isRunning() {
        return node != null;
    }

    /**
     * Starts the stopped broker again on the same port and data; does nothing if it runs. Returns when the broker says
     * that it serves requests.
     *
     * @throws IOException if the port has been taken meanwhile or the broker does not come up
     */
    public synchronized void start() throws IOException {
        if (node == null) {
            node = RunningNode.start(folder, port, properties);
        }
    }

    /** Stops the broker cleanly and keeps its data; does nothing if it is stopped. */
    public synchronized void stop() {
        RunningNode running = node;
        if (running != null) {
            node = null;
            running.stop();
        }
    }

    /**
     * Stops the broker and starts it again on the same port and data.
     *
     * @throws IOException as in {@link #start()}; the broker is stopped then
     */
    public synchronized void restart() throws IOException {
        stop();
        start();
    }

    /** Stops the broker; the data folder stays. */
    @Override
    public void close() {
        stop();
    }

    /** Where a broker listens and what it is told beyond the defaults for a small single node. */
    public static final class Builder {

        private final Path folder;
        private final Map<String, String> properties = new LinkedHashMap<>();
        private int port;

        private Builder(Path folder) {
            this.folder = folder.toAbsolutePath();
        }

        /** The port to listen on; 0, the default, takes a free one. */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be between 0 and 65535, but is " + port);
            }
            this.port = port;
            return this;
        }

        /** Sets a server property, as in Kafka's {@code server.properties}; wins over this class's own choice. */
        public Builder property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        /**
         * Starts the broker and returns when it serves requests.
         *
         * @throws IOException if the folder cannot be used, the port is taken or the broker does not come up
         */
        public EmbeddedBroker start() throws IOException {
            Files.createDirectories(folder);
            return new EmbeddedBroker(folder, port, properties);
        }
    }
}
