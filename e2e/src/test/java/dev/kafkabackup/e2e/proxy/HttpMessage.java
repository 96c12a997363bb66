// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A whole HTTP/1.1 request or answer, byte for byte: signatures cover it.
 *
 * @param head start line and headers
 * @param bytes all of it, the head included; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record HttpMessage(String head, byte[] bytes) {

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Reads a request whole; a client that waits to be asked for the body is asked. */
    static HttpMessage readRequest(InputStream in, OutputStream client) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String head = readHead(in, bytes);
        if (header(head, "expect").isPresent()) {
            client.write(CONTINUE);
        }
        readBody(in, head, bytes);
        return new HttpMessage(head, bytes.toByteArray());
    }

    /** Reads an answer whole, leaving out the server's wish for a body that it has already. */
    static HttpMessage readAnswer(InputStream in, HttpMessage request) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String head = readHead(in, bytes);
        while (head.startsWith("HTTP/1.1 1")) {
            bytes.reset();
            head = readHead(in, bytes);
        }
        if (!request.head().startsWith("HEAD ")) {
            readBody(in, head, bytes);
        }
        return new HttpMessage(head, bytes.toByteArray());
    }

    /** As in the start line of a request. */
    String method() {
        return head.substring(0, head.indexOf(' '));
    }

    /** Path and query as in the start line of a request. */
    String target() {
        return head.split(" ", 3)[1];
    }

    private static String readHead(InputStream in, ByteArrayOutputStream bytes) throws IOException {
        int matched = 0;
        while (matched < END_OF_HEAD.length) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("The connection ended after %d bytes of a head".formatted(bytes.size()));
            }
            bytes.write(next);
            if (next == END_OF_HEAD[matched]) {
                matched++;
            } else {
                matched = next == END_OF_HEAD[0] ? 1 : 0;
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static void readBody(InputStream in, String head, ByteArrayOutputStream bytes) throws IOException {
        Optional<String> length = header(head, "content-length");
        if (length.isPresent()) {
            readBytes(in, Integer.parseInt(length.get()), bytes);
        } else if (header(head, "transfer-encoding").isPresent()) {
            readChunks(in, bytes);
        }
    }

    private static void readChunks(InputStream in, ByteArrayOutputStream bytes) throws IOException {
        int size;
        do {
            String line = readLine(in, bytes);
            size = Integer.parseInt(line.split(";", 2)[0].strip(), 16);
            if (size > 0) {
                readBytes(in, size, bytes);
                readLine(in, bytes);
            }
        } while (size > 0);
        while (!readLine(in, bytes).isEmpty()) {
            // trailers
        }
    }

    private static String readLine(InputStream in, ByteArrayOutputStream bytes) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The connection ended within a body");
            }
            bytes.write(next);
            line.append((char) next);
        }
        bytes.write('\n');
        return line.toString().strip();
    }

    private static void readBytes(InputStream in, int count, ByteArrayOutputStream bytes) throws IOException {
        byte[] read = in.readNBytes(count);
        if (read.length < count) {
            throw new EOFException("The connection ended within a body");
        }
        bytes.writeBytes(read);
    }

    private static Optional<String> header(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }
}
