// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.broker;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The two loopback sockets of a node, bound before Kafka starts: so a free port cannot be taken by somebody else
 * between choosing and using it, and a taken one is found before anything else happens.
 */
final class Loopback implements ServerSocketFactory, AutoCloseable {

    static final String HOST = "127.0.0.1";
    private static final byte[] IP = {127, 0, 0, 1};
    static final String BROKER = "BROKER";
    static final String CONTROLLER = "CONTROLLER";

    /**
     * Free ports are looked for below the range from which systems take the ports of outgoing connections: while a
     * broker is down, one of its clients could otherwise be given the broker's port, or connect to itself on it.
     */
    private static final int FIRST_FREE_PORT = 15_000;

    private static final int LAST_FREE_PORT = 32_000;
    private static final int ATTEMPTS = 100;

    private final ServerSocketChannel broker;
    private final ServerSocketChannel controller;

    /**
     * Binds both sockets.
     *
     * @param brokerPort the port for clients, 0 for a free one; the controller's is always a free one
     */
    Loopback(int brokerPort) throws IOException {
        broker = brokerPort == 0 ? bindFree() : bind(brokerPort);
        try {
            controller = bindFree();
        } catch (IOException e) {
            broker.close();
            throw e;
        }
    }

    int brokerPort() {
        return broker.socket().getLocalPort();
    }

    InetSocketAddress controllerAddress() {
        return (InetSocketAddress) controller.socket().getLocalSocketAddress();
    }

    /** Hands the bound socket to Kafka, which closes it when it stops. */
    @Override
    public ServerSocketChannel openServerSocket(
            String listenerName, InetSocketAddress address, int backlog, int receiveBufferSize) throws IOException {
        return switch (listenerName) {
            case BROKER -> broker;
            case CONTROLLER -> controller;
            default -> ServerSocketFactory.INSTANCE.openServerSocket(listenerName, address, backlog, receiveBufferSize);
        };
    }

    /** Closes what Kafka has not closed. */
    @Override
    public void close() throws IOException {
        try (broker) {
            controller.close();
        }
    }

    private static ServerSocketChannel bindFree() throws IOException {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            try {
                return bind(ThreadLocalRandom.current().nextInt(FIRST_FREE_PORT, LAST_FREE_PORT));
            } catch (BindException e) {
                // Taken: the next number may be free.
            }
        }
        return bind(0);
    }

    private static ServerSocketChannel bind(int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(IP), port));
            return channel;
        } catch (IOException e) {
            channel.close();
            if (e instanceof BindException) {
                BindException named = new BindException("Port " + port + " on " + HOST + " cannot be used ("
                        + e.getMessage() + "); choose another one");
                named.initCause(e);
                throw named;
            }
            throw e;
        }
    }
}
