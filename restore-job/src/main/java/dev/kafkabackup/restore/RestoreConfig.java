// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.restore.sink.ProducerSettings;
import dev.kafkabackup.storage.StorageLocation;
import java.io.Serializable;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How a restore runs, whatever it restores.
 *
 * @param storage where the backup lies; plan, offset map and report are written there
 * @param kafka the cluster to restore into
 * @param restoreId names the restore, its folder below the root and its transactions
 * @param parallelism partitions that are restored at the same time, at most; 1 or more
 * @param checkpointInterval how often transactions are committed; 10 ms or more, and less than they may last
 * @param produce how records are produced
 */
public record RestoreConfig(
        StorageLocation storage,
        KafkaConnection kafka,
        String restoreId,
        int parallelism,
        Duration checkpointInterval,
        ProduceSettings produce)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** How often transactions are committed if nothing else is said. */
    public static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

    /** Flink's own lower limit. */
    private static final Duration SHORTEST_CHECKPOINT_INTERVAL = Duration.ofMillis(10);

    private static final Pattern RESTORE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String SUFFIX_CHARACTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int SUFFIX_LENGTH = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** @throws UsageException if a value is outside of its bounds */
    public RestoreConfig {
        if (!RESTORE_ID.matcher(restoreId).matches()) {
            throw new UsageException(
                    "--restore-id must be up to 100 letters, digits, dots, dashes and underscores, beginning with a letter or digit, but is '%s'"
                            .formatted(restoreId));
        }
        if (parallelism < 1) {
            throw new UsageException("--parallelism must be 1 or more, but is " + parallelism);
        }
        if (checkpointInterval.compareTo(SHORTEST_CHECKPOINT_INTERVAL) < 0) {
            throw new UsageException("--checkpoint-interval must be 10ms or more, but is " + checkpointInterval);
        }
        if (produce.delivery() == Delivery.EXACTLY_ONCE
                && checkpointInterval.compareTo(ProducerSettings.transactionTimeout(kafka)) >= 0) {
            throw new UsageException(
                    "--checkpoint-interval must be shorter than transaction.timeout.ms, but they are %d ms and %d ms: Kafka would abort what is not committed by then"
                            .formatted(
                                    checkpointInterval.toMillis(),
                                    ProducerSettings.transactionTimeout(kafka).toMillis()));
        }
    }

    /** Exactly once, as fast as possible. */
    public RestoreConfig(
            StorageLocation storage,
            KafkaConnection kafka,
            String restoreId,
            int parallelism,
            Duration checkpointInterval) {
        this(storage, kafka, restoreId, parallelism, checkpointInterval, ProduceSettings.DEFAULT);
    }

    /** A fresh id: the time in UTC and four characters, so that two restores begun in the same second differ. */
    public static String newRestoreId(Instant now) {
        StringBuilder id = new StringBuilder(TIME.format(now)).append('-');
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            id.append(SUFFIX_CHARACTERS.charAt(RANDOM.nextInt(SUFFIX_CHARACTERS.length())));
        }
        return id.toString();
    }
}
