// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.broker;

import org.apache.kafka.common.utils.Exit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Kafka say why before it ends the JVM.
 *
 * <p>Where Kafka cannot go on (its data folder has failed, a request handler died) it exits without a word on standard
 * error, and its callers rely on not coming back. So the JVM still ends, with the status that Kafka asked for, but with
 * a message and the place that asked. Kafka keeps these procedures once per JVM, and so they are installed: once, by
 * the first broker that starts, for good.
 */
final class ExitAnnouncer {

    private static final Logger LOG = LoggerFactory.getLogger(ExitAnnouncer.class);

    static {
        Exit.setExitProcedure((status, reason) -> {
            announce(status, reason);
            System.exit(status);
        });
        Exit.setHaltProcedure((status, reason) -> {
            announce(status, reason);
            Runtime.getRuntime().halt(status);
        });
    }

    private ExitAnnouncer() {}

    /** Makes sure that the procedures are in place. */
    static void install() {
        // Loading the class has done it.
    }

    private static void announce(int status, String reason) {
        IllegalStateException place = new IllegalStateException("The embedded Kafka broker ends this JVM with status "
                + status + (reason == null ? "" : ": " + reason));
        LOG.error("Fatal failure of the embedded Kafka broker", place);
        place.printStackTrace(System.err);
        System.err.flush();
    }
}
