// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RestoreConfigTest {

    @Test
    void transactionsThatNoCheckpointWouldCommitInTimeAreNotBegun() {
        assertThatThrownBy(() -> config(Duration.ofMinutes(15), Map.of(), Delivery.EXACTLY_ONCE))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "--checkpoint-interval must be shorter than transaction.timeout.ms, but they are 900000 ms and 900000 ms: Kafka would abort what is not committed by then");
        assertThatThrownBy(() -> config(
                        Duration.ofSeconds(20), Map.of("transaction.timeout.ms", "10000"), Delivery.EXACTLY_ONCE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("20000 ms and 10000 ms");
        assertThatThrownBy(() ->
                        config(Duration.ofSeconds(20), Map.of("transaction.timeout.ms", "10s"), Delivery.EXACTLY_ONCE))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "transaction.timeout.ms must be a number of milliseconds below 2^31, but is '10s'; check --command-config");
        assertThatThrownBy(() -> config(
                        Duration.ofSeconds(20), Map.of("transaction.timeout.ms", "3000000000"), Delivery.EXACTLY_ONCE))
                .as("more than a producer takes")
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("3000000000");
        assertThatCode(() -> config(Duration.ofMinutes(14), Map.of(), Delivery.EXACTLY_ONCE))
                .doesNotThrowAnyException();
        assertThatCode(() -> config(Duration.ofHours(1), Map.of(), Delivery.AT_LEAST_ONCE))
                .as("no transactions")
                .doesNotThrowAnyException();
    }

    private static RestoreConfig config(Duration checkpointInterval, Map<String, String> client, Delivery delivery) {
        return new RestoreConfig(
                StorageLocation.parse("/backup"),
                new KafkaConnection("localhost:9092", client),
                "x",
                1,
                checkpointInterval,
                new ProduceSettings(delivery, null));
    }
}
