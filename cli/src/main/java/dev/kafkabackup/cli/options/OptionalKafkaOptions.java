// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.kafka.KafkaConnection;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where Kafka is, for commands that say more if they may ask it. */
public final class OptionalKafkaOptions {

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            description = "Kafka broker to ask as well; several separated by commas.")
    private @Nullable String bootstrapServer;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Properties file with further client settings, for example for TLS and SASL.")
    private @Nullable Path commandConfig;

    /** The connection that the options describe; empty without a broker. Nothing is connected yet. */
    public Optional<KafkaConnection> connection() {
        if (bootstrapServer == null) {
            return Optional.empty();
        }
        return Optional.of(
                commandConfig == null
                        ? new KafkaConnection(bootstrapServer, Map.of())
                        : KafkaConnection.of(bootstrapServer, commandConfig));
    }
}
