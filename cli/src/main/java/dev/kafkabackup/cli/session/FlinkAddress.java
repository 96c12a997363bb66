// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.session;

/**
 * Where the JobManager of a session cluster takes jobs: its REST interface, which is the web UI's too.
 *
 * @param port 1 to 65535
 */
public record FlinkAddress(String host, int port) {

    private static final int LAST_PORT = 65_535;

    /** Reads {@code host:port}; an IPv6 address is in brackets. */
    public static FlinkAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (colon > 0 && text.indexOf('/') < 0 && port > 0 && port <= LAST_PORT) {
                return new FlinkAddress(text.substring(0, colon), port);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(mistake(text), e);
        }
        throw new IllegalArgumentException(mistake(text));
    }

    private static String mistake(String text) {
        return "'" + text + "' is not HOST:PORT; the port is that of Flink's web UI, as in localhost:8081";
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
