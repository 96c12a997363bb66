// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.process;

import dev.kafkabackup.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A Kafka broker as a process. */
public final class Broker {

    private static final Pattern ANNOUNCEMENT = Pattern.compile("Broker listens on (\\S+)");

    private Broker() {}

    /** Starts one that keeps its data below the folder. */
    public static Server start(Path folder) throws IOException, InterruptedException {
        return Server.start(
                Program.java(
                        Broker.class, "1g", List.of(folder.resolve("broker").toString())),
                folder.resolve("broker.log"),
                ANNOUNCEMENT);
    }

    /**
     * The process: runs until it is killed.
     *
     * @param arguments the data folder
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        EmbeddedBroker broker = EmbeddedBroker.in(Path.of(arguments[0]))
                // what a run has left behind makes room for the next one
                .property("log.segment.delete.delay.ms", "1000")
                .property("log.cleaner.enable", "false")
                .property("message.max.bytes", Integer.toString(64 << 20))
                .start();
        System.out.println("Broker listens on " + broker.bootstrapServers());
        Thread.currentThread().join();
    }
}
