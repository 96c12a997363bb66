// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for programs that have to be told theirs. They lie below those that systems give to outgoing connections, of
 * which tests open many: nobody gets one by chance between the search and the start of the program.
 */
final class FreePorts {

    private static final int FIRST = 10_000;
    private static final int BEHIND_LAST = 30_000;

    private FreePorts() {}

    /** One that nobody listens on. */
    static int one() {
        return several(1)[0];
    }

    /** Different ones that nobody listens on. */
    static int[] several(int count) {
        Set<Integer> ports = new LinkedHashSet<>();
        while (ports.size() < count) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
            if (isFree(port)) {
                ports.add(port);
            }
        }
        return ports.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
