// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.broker;

import java.nio.file.Path;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.FaultHandlerException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the faults for which a stand-alone broker would end its process: logs and prints them, and lets the JVM live.
 *
 * @param folder the broker's data folder, which tells brokers apart
 * @param part the part of Kafka that has the fault
 * @param fatal whether the broker cannot go on correctly
 * @param action what Kafka wants done besides
 */
record PrintingFaultHandler(Path folder, String part, boolean fatal, Runnable action) implements FaultHandler {

    private static final Logger LOG = LoggerFactory.getLogger(PrintingFaultHandler.class);

    @Override
    public RuntimeException handleFault(String failure, @Nullable Throwable cause) {
        String message = "Fault in %s of the embedded Kafka broker in %s: %s".formatted(part, folder, failure);
        if (fatal) {
            LOG.error(message, cause);
            System.err.println(cause == null ? message : message + ": " + cause);
        } else {
            LOG.warn(message, cause);
        }
        action.run();
        return cause == null ? new FaultHandlerException(message) : new FaultHandlerException(message, cause);
    }
}
