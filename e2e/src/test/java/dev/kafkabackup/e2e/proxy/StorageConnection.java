// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import dev.kafkabackup.testing.Turnstile;
import dev.kafkabackup.testing.Turnstile.Direction;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One client's connection. Every request has a connection of its own to the storage: one that has arrived here whole
 * may reach the storage long after its client has gone, and when the storage would have ended an idle connection.
 */
final class StorageConnection implements Runnable, AutoCloseable {

    private final Socket client;
    private final Supplier<InetSocketAddress> address;
    private final Turnstile turnstile;

    /**
     * @param client closed with this connection
     * @param address where the storage is now
     */
    StorageConnection(Socket client, Supplier<InetSocketAddress> address, Turnstile turnstile) {
        this.client = client;
        this.address = address;
        this.turnstile = turnstile;
    }

    @Override
    public void run() {
        try {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            while (true) {
                HttpMessage request = HttpMessage.readRequest(in, out);
                String what = StorageProxy.describe(request) + " " + StorageProxy.path(request);
                if (!turnstile.pass(what, Direction.REQUEST)) {
                    return;
                }
                Optional<Refusal> refusal =
                        turnstile instanceof StorageGuard guard ? guard.refusal(request) : Optional.empty();
                if (refusal.isPresent()) {
                    out.write(refusal.get().bytes());
                    continue;
                }
                HttpMessage answer = askStorage(request);
                if (!turnstile.pass(what, Direction.ANSWER)) {
                    return;
                }
                out.write(answer.bytes());
            }
        } catch (IOException | InterruptedException e) {
            // one of the two has gone: so does the other
        } finally {
            close();
        }
    }

    private HttpMessage askStorage(HttpMessage request) throws IOException {
        try (Socket storage = new Socket()) {
            storage.connect(address.get());
            storage.setTcpNoDelay(true);
            storage.getOutputStream().write(request.bytes());
            return HttpMessage.readAnswer(new BufferedInputStream(storage.getInputStream()), request);
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new IllegalStateException("A connection through the proxy cannot be closed", e);
        }
    }
}
