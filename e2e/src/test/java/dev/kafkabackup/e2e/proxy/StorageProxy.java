// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import dev.kafkabackup.testing.Turnstile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between an S3 server and its clients on loopback and sends every request, and every answer, through a
 * turnstile. Requests are worded by what they are about and where, as in {@code PUT segment /bucket/key}: see
 * {@link #describe} and {@link #path}.
 */
public final class StorageProxy implements AutoCloseable {

    private static final byte[] IP = {127, 0, 0, 1};

    private final ServerSocket server;
    private volatile InetSocketAddress storage;
    private final Turnstile turnstile;
    private final Set<StorageConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private StorageProxy(ServerSocket server, InetSocketAddress storage, Turnstile turnstile) {
        this.server = server;
        this.storage = storage;
        this.turnstile = turnstile;
    }

    /** Begins to accept clients for the server at the given address. */
    public static StorageProxy start(URI storage, Turnstile turnstile) throws IOException {
        StorageProxy proxy =
                new StorageProxy(new ServerSocket(0, 0, InetAddress.getByAddress(IP)), address(storage), turnstile);
        daemon(proxy::acceptAll, "storage-proxy").start();
        return proxy;
    }

    /** What clients take for the server. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** From now on requests go to the server at this address. */
    public void redirect(URI next) {
        storage = address(next);
    }

    private static InetSocketAddress address(URI storage) {
        return new InetSocketAddress(storage.getHost(), storage.getPort());
    }

    private void acceptAll() {
        while (!closed) {
            try {
                Socket client = server.accept();
                StorageConnection connection = new StorageConnection(client, () -> storage, turnstile);
                connections.add(connection);
                daemon(
                                () -> {
                                    connection.run();
                                    connections.remove(connection);
                                },
                                "storage-proxy-connection")
                        .start();
            } catch (IOException e) {
                // closed
            }
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** What is asked (GET, PUT, DELETE, HEAD, LIST), and of which part of the backup. */
    static String describe(HttpMessage request) {
        String target = target(request);
        boolean list = request.method().equals("GET") && target.contains("list-type=2");
        return (list ? "LIST" : request.method()) + " " + part(target);
    }

    /** Bucket and key. */
    static String path(HttpMessage request) {
        return target(request).split("\\?", 2)[0];
    }

    private static String target(HttpMessage request) {
        return URLDecoder.decode(request.target(), StandardCharsets.UTF_8);
    }

    private static String part(String target) {
        if (target.contains("/meta/")) {
            return "metadata";
        } else if (target.contains("/partition=")) {
            return "segment";
        } else if (target.contains("topics/")) {
            return "topic";
        } else if (target.contains("groups")) {
            return "groups";
        } else if (target.contains("jobs")) {
            return "heartbeat";
        } else if (target.contains("backup.json")) {
            return "root";
        }
        return "folder";
    }

    /** Accepts nobody any more and cuts what there is. */
    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        connections.forEach(StorageConnection::close);
    }
}
