// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * One client's connection and the one to the broker that belongs to it. Each request is shown to the proxy before it
 * passes; each answer is brought together with its request and given to the proxy before it passes.
 */
final class ProxyConnection implements AutoCloseable {

    private static final int MAX_FRAME_BYTES = 128 << 20;

    private final Socket client;
    private final Socket broker;
    private final int node;
    private final KafkaProxy proxy;
    private final Map<Integer, Request> unanswered = new ConcurrentHashMap<>();
    private final Thread requests = new Thread(this::passRequests, "kafka-proxy-requests");
    private final Thread answers = new Thread(this::passAnswers, "kafka-proxy-answers");
    private volatile String clientId = "";

    private record Request(ApiKeys api, short version) {}

    /** Connects to the broker; takes over the client's socket, also if that fails. */
    ProxyConnection(Socket client, int brokerPort, int node, KafkaProxy proxy) throws IOException {
        this.client = client;
        this.broker = new Socket();
        this.node = node;
        this.proxy = proxy;
        try {
            broker.connect(new InetSocketAddress(client.getLocalAddress(), brokerPort));
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
        } catch (IOException e) {
            closeSockets();
            throw e;
        }
        requests.setDaemon(true);
        answers.setDaemon(true);
    }

    void start() {
        requests.start();
        answers.start();
    }

    /** As in the client's last request; empty before the first. */
    String clientId() {
        return clientId;
    }

    int node() {
        return node;
    }

    private void passRequests() {
        try {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = broker.getOutputStream();
            while (true) {
                byte[] frame = read(in);
                Request request = note(ByteBuffer.wrap(frame));
                if (!proxy.pass(clientId, request.api(), Turnstile.Direction.REQUEST)) {
                    return;
                }
                write(out, frame);
            }
        } catch (IOException | InterruptedException e) {
            // one of the two has gone: so does the other
        } finally {
            end();
        }
    }

    private Request note(ByteBuffer request) {
        ApiKeys api = ApiKeys.forId(request.getShort());
        short version = request.getShort();
        int correlationId = request.getInt();
        byte[] id = new byte[Math.max(0, request.getShort())];
        request.get(id);
        clientId = new String(id, StandardCharsets.UTF_8);
        Request noted = new Request(api, version);
        unanswered.put(correlationId, noted);
        return noted;
    }

    private void passAnswers() {
        try {
            DataInputStream in = new DataInputStream(broker.getInputStream());
            OutputStream out = client.getOutputStream();
            while (true) {
                byte[] frame = read(in);
                Request request = unanswered.remove(ByteBuffer.wrap(frame).getInt());
                if (request == null) {
                    throw new IOException("An answer without a request");
                }
                if (!proxy.pass(clientId, request.api(), Turnstile.Direction.ANSWER)) {
                    return;
                }
                KafkaAnswer answer = new KafkaAnswer(clientId, request.api(), request.version(), node, frame);
                write(out, proxy.pass(answer).frame());
            }
        } catch (IOException | InterruptedException e) {
            // one of the two has gone: so does the other
        } finally {
            end();
        }
    }

    private static byte[] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 4 || length > MAX_FRAME_BYTES) {
            throw new IOException("Not a frame of Kafka's protocol: length " + length);
        }
        return in.readNBytes(length);
    }

    private static void write(OutputStream out, byte[] frame) throws IOException {
        ByteBuffer framed = ByteBuffer.allocate(4 + frame.length);
        framed.putInt(frame.length).put(frame);
        out.write(framed.array());
    }

    private void end() {
        closeSockets();
        // they may wait at a gate or a turnstile
        requests.interrupt();
        answers.interrupt();
        proxy.ended(this);
    }

    private void closeSockets() {
        try (client) {
            broker.close();
        } catch (IOException e) {
            throw new IllegalStateException("A connection through the proxy cannot be closed", e);
        }
    }

    /** Cuts the connection; nothing passes any more on return. */
    @Override
    public void close() {
        end();
        try {
            requests.join();
            answers.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
