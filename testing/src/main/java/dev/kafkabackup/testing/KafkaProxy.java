// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a broker and its clients on loopback, holds answers until a test lets them go, or changes them:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final BrokerExtension BROKER = new BrokerExtension().behind(new KafkaProxy());
 *
 * try (AnswerGate fetches = proxy.hold(KafkaAnswer.to("my-consumer", ApiKeys.FETCH))) {
 *     fetches.awaitHeld();
 *     ... // what is to happen meanwhile
 *     fetches.open();
 * }
 * }</pre>
 *
 * <p>Answers of one connection cannot overtake each other, and a client has one connection per node. So that metadata
 * can reach a client while its fetch is held, the proxy has two addresses, and chosen clients are told that the second
 * one is another node of the cluster.
 *
 * <p>Thread safe.
 */
public final class KafkaProxy implements AutoCloseable {

    /** The node that an answer came through, in {@link KafkaAnswer#node()}: the broker's own address. */
    public static final int FIRST_NODE = 1;

    /** The node that exists in the metadata of chosen clients only, and leads nothing. */
    public static final int SECOND_NODE = 2;

    private static final String HOST = "127.0.0.1";
    private static final byte[] IP = {127, 0, 0, 1};

    private final ServerSocket first;
    private final ServerSocket second;
    private final List<AnswerGate> gates = new CopyOnWriteArrayList<>();
    private final List<Change> changes = new CopyOnWriteArrayList<>();
    private final Set<ProxyConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile int brokerPort;
    private volatile @Nullable String twoNodesPrefix;
    private volatile Turnstile turnstile = Turnstile.OPEN;
    private volatile boolean closed;

    /** Takes two free ports; clients can connect after {@link #forwardTo}. */
    public KafkaProxy() {
        try {
            first = new ServerSocket(0, 0, InetAddress.getByAddress(IP));
            second = new ServerSocket(0, 0, InetAddress.getByAddress(IP));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients find the broker; what it has to advertise. */
    public String address() {
        return HOST + ":" + first.getLocalPort();
    }

    /** Begins to accept clients, for the broker on the given port of loopback. */
    public void forwardTo(int port) {
        brokerPort = port;
        accept(first, FIRST_NODE);
        accept(second, SECOND_NODE);
    }

    /**
     * Sends everything through a turnstile from now on; it is told the client id and the API, as in {@code my-client
     * FETCH}.
     */
    public KafkaProxy through(Turnstile wanted) {
        turnstile = wanted;
        return this;
    }

    /** Holds every matching answer from now on until the gate is opened. */
    public AnswerGate hold(Predicate<KafkaAnswer> which) {
        return add(new AnswerGate(which, false, gates::remove));
    }

    /** Only counts the matching answers. */
    public AnswerGate watch(Predicate<KafkaAnswer> which) {
        return add(new AnswerGate(which, true, gates::remove));
    }

    /** Shows clients other answers than the broker's until it is closed. */
    public Change change(UnaryOperator<KafkaAnswer> change) {
        Change added = new Change(change);
        changes.add(added);
        return added;
    }

    /** What {@link #change} does; closing it shows clients the broker's answers again. */
    public final class Change implements AutoCloseable {

        private final UnaryOperator<KafkaAnswer> change;

        private Change(UnaryOperator<KafkaAnswer> change) {
            this.change = change;
        }

        @Override
        public void close() {
            changes.remove(this);
        }
    }

    /** From now on tells clients whose id begins with the prefix that there are two nodes; null: nobody. */
    public void showTwoNodesTo(@Nullable String clientIdPrefix) {
        twoNodesPrefix = clientIdPrefix;
    }

    /**
     * Cuts the present connections to one of the nodes of clients whose id begins with the prefix; what is held on them
     * is lost.
     */
    public void disconnect(String clientIdPrefix, int node) {
        connections.stream()
                .filter(connection ->
                        connection.node() == node && connection.clientId().startsWith(clientIdPrefix))
                .forEach(ProxyConnection::close);
    }

    private AnswerGate add(AnswerGate gate) {
        gates.add(gate);
        return gate;
    }

    private void accept(ServerSocket server, int node) {
        Thread acceptor = new Thread(() -> acceptAll(server, node), "kafka-proxy-" + node);
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private void acceptAll(ServerSocket server, int node) {
        while (!closed) {
            try {
                Socket client = server.accept();
                ProxyConnection connection = new ProxyConnection(client, brokerPort, node, this);
                connections.add(connection);
                connection.start();
                if (closed) {
                    connection.close();
                }
            } catch (IOException e) {
                // closed, or the broker is away: the client will try again
            }
        }
    }

    /** Returns when it may go on; false if it must not. */
    boolean pass(String clientId, ApiKeys api, Turnstile.Direction direction) throws InterruptedException {
        return turnstile.pass(clientId + " " + api, direction);
    }

    /** Returns when the answer may go on, with what the client is to see. */
    KafkaAnswer pass(KafkaAnswer original) throws InterruptedException {
        KafkaAnswer answer = original;
        for (Change change : changes) {
            answer = change.change.apply(answer);
        }
        for (AnswerGate gate : gates) {
            gate.pass(answer);
        }
        String prefix = twoNodesPrefix;
        if (answer.api() == ApiKeys.METADATA
                && prefix != null
                && answer.clientId().startsWith(prefix)) {
            return answer.withBroker(SECOND_NODE, HOST, second.getLocalPort());
        }
        return answer;
    }

    void ended(ProxyConnection connection) {
        connections.remove(connection);
    }

    /** Cuts everything. */
    @Override
    public void close() throws IOException {
        closed = true;
        try (first) {
            second.close();
        }
        connections.forEach(ProxyConnection::close);
    }
}
