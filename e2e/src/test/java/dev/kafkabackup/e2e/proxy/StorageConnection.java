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

/**
 * One client's connection and the one to the storage that belongs to it. A request that has arrived here whole may
 * reach the storage long after its client has gone.
 */
final class StorageConnection implements Runnable, AutoCloseable {

    private final Socket client;
    private final Socket storage = new Socket();
    private final InetSocketAddress address;
    private final Turnstile turnstile;

    /** @param client closed with this connection */
    StorageConnection(Socket client, InetSocketAddress address, Turnstile turnstile) {
        this.client = client;
        this.address = address;
        this.turnstile = turnstile;
    }

    @Override
    public void run() {
        try {
            storage.connect(address);
            storage.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            InputStream fromClient = new BufferedInputStream(client.getInputStream());
            OutputStream toClient = client.getOutputStream();
            InputStream fromStorage = new BufferedInputStream(storage.getInputStream());
            OutputStream toStorage = storage.getOutputStream();
            while (true) {
                HttpMessage request = HttpMessage.readRequest(fromClient, toClient);
                String what = StorageProxy.describe(request);
                if (!turnstile.pass(what, Direction.REQUEST)) {
                    return;
                }
                toStorage.write(request.bytes());
                HttpMessage answer = HttpMessage.readAnswer(fromStorage, request);
                if (!turnstile.pass(what, Direction.ANSWER)) {
                    return;
                }
                toClient.write(answer.bytes());
            }
        } catch (IOException | InterruptedException e) {
            // one of the two has gone: so does the other
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        try (client) {
            storage.close();
        } catch (IOException e) {
            throw new IllegalStateException("A connection through the proxy cannot be closed", e);
        }
    }
}
