// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionCoverage;
import dev.kafkabackup.error.RepeatedWarning;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what is covered of a partition, on threads of its own, so that many partitions open at once and slow storage
 * holds up none that is open. It tries until it succeeds or is closed.
 */
final class PartitionOpener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionOpener.class);

    private static final int THREADS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final BackupStorage storage;
    private final Catalog catalog;
    private final Counter failures;
    private final RepeatedWarning warning;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "partition-opener");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param storage read from, and closed in the end
     * @param failures counts attempts that failed, on any thread
     * @param warning of failed attempts, however many partitions there are
     */
    PartitionOpener(BackupStorage storage, Counter failures, RepeatedWarning warning) {
        this.storage = storage;
        this.failures = failures;
        this.warning = warning;
        this.catalog = new Catalog(storage);
    }

    /** What the backup covers of this partition; completed on a thread of the opener, never exceptionally. */
    CompletableFuture<PartitionCoverage> open(TopicIdPartition partition) {
        CompletableFuture<PartitionCoverage> opened = new CompletableFuture<>();
        threads.execute(() -> attempt(partition, opened, FIRST_PAUSE));
        return opened;
    }

    private void attempt(TopicIdPartition partition, CompletableFuture<PartitionCoverage> opened, Duration pause) {
        if (opened.isCancelled()) {
            return;
        }
        try {
            opened.complete(PartitionCoverage.of(catalog.segments(partition)));
        } catch (IOException | RuntimeException e) {
            failures.inc();
            warning.failed(count -> LOG.warn(
                    "Partition {} cannot be opened yet and is tried again until it can; {} attempts failed since the"
                            + " last such line: {}",
                    partition,
                    count,
                    e.toString()));
            Duration next = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            long jitter = ThreadLocalRandom.current().nextLong(pause.toMillis() / 2 + 1);
            Future<?> unused = threads.schedule(
                    () -> attempt(partition, opened, next), pause.toMillis() + jitter, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        storage.close();
    }
}
