// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;

/** How the restore produces. Settings for speed give way to the user's, those that exactness needs do not. */
public final class ProducerSettings {

    /**
     * Largest record that is produced, uncompressed, in bytes. A broker accepts requests of 100 MiB unless told
     * otherwise; a record may be somewhat larger than that and still fit, because it is compressed.
     */
    public static final int LARGEST_RECORD_BYTES = 128 * 1024 * 1024;

    /** Brokers allow no more unless told otherwise; a checkpoint that takes longer loses its transaction. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

    private ProducerSettings() {}

    /**
     * After which a transaction that is not committed is aborted by Kafka.
     *
     * @throws UsageException if the user has set something else than a number
     */
    public static Duration transactionTimeout(KafkaConnection kafka) {
        String own = kafka.properties().get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
        try {
            return own == null ? TRANSACTION_TIMEOUT : Duration.ofMillis(Integer.parseInt(own.trim()));
        } catch (NumberFormatException e) {
            throw new UsageException(
                    "%s must be a number of milliseconds below 2^31, but is '%s'; check --command-config"
                            .formatted(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, own),
                    e);
        }
    }

    static Properties of(KafkaConnection kafka, Delivery delivery) {
        Properties settings = kafka.clientProperties("restore");
        settings.merge(
                ProducerConfig.INTERCEPTOR_CLASSES_CONFIG,
                RefusalReason.class.getName(),
                (users, ours) -> users + "," + ours);
        // without one, the client names itself by its transactional id or a number; equal names would collide as JMX
        // beans
        settings.remove(CommonClientConfigs.CLIENT_ID_CONFIG);
        settings.setProperty(ProducerConfig.ACKS_CONFIG, "all");
        settings.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        if (delivery == Delivery.EXACTLY_ONCE) {
            settings.putIfAbsent(
                    ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Long.toString(TRANSACTION_TIMEOUT.toMillis()));
        }
        // half the CPU of zstd; the topic's own compression.type has the last word on what is stored
        settings.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // a batch stays below the 1 MiB that a topic accepts unless told otherwise, also if nothing in it can be
        // compressed
        settings.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(512 * 1024));
        settings.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "20");
        settings.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(LARGEST_RECORD_BYTES));
        // allocated as it is used
        settings.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(LARGEST_RECORD_BYTES));
        return settings;
    }
}
