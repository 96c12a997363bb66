// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.kafka.KafkaConnection;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where Kafka is, as Kafka's own tools ask for it. */
public final class KafkaOptions {

    @Option(
            names = "--bootstrap-server",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Kafka broker to connect to; several separated by commas.")
    private String bootstrapServer = "";

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Properties file with further client settings, for example for TLS and SASL.")
    private @Nullable Path commandConfig;

    /** The connection that the options describe; nothing is connected yet. */
    public KafkaConnection connection() {
        return commandConfig == null
                ? new KafkaConnection(bootstrapServer, Map.of())
                : KafkaConnection.of(bootstrapServer, commandConfig);
    }
}
