// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.maintenance.watch.RetentionWatch;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a backup in sync with Kafka, cycle by cycle: watches what Kafka removes, removes that after its grace, and
 * merges small segments. Needs no lock; any number of maintenances may run at once, and each may be killed at any
 * moment.
 *
 * <p>Used from one thread, which may be interrupted.
 */
public final class Maintenance {

    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    /** After that the storage is taken to be away, and the rest of the cycle is left out. */
    private static final int FAILURES_IN_A_ROW = 3;

    private static final int INVENTORY_IN_CYCLES = 6;

    private final MaintenanceConfig config;
    private final BackupStorage storage;
    private final Function<Collection<TopicIncarnation>, Map<TopicIncarnation, Seen>> kafka;
    private final StorageClock clock;
    private final boolean dryRun;
    private final Inventory inventory;
    private final RetentionWatch watch;
    private final DeletedTopics deleted;
    private final TopicMaintenance topics;
    private final PartitionMaintenance partitions;
    private final UnfinishedObjects unfinished;
    private final ScatteredReadings readings;
    private int failedInARow;
    private volatile int topicsOnGrace;

    /**
     * @param storage where the backup lies; not closed here
     * @param clusterId of the cluster that the root belongs to
     * @param kafka looks at Kafka: an answer for each incarnation that it is asked for
     * @param clock not closed here
     * @param nanoClock as {@link System#nanoTime()}
     * @param dryRun whether only to say what a cycle would do
     */
    public Maintenance(
            MaintenanceConfig config,
            BackupStorage storage,
            String clusterId,
            Function<Collection<TopicIncarnation>, Map<TopicIncarnation, Seen>> kafka,
            StorageClock clock,
            LongSupplier nanoClock,
            boolean dryRun) {
        this.config = config;
        this.storage = storage;
        this.kafka = kafka;
        this.clock = clock;
        this.dryRun = dryRun;
        Catalog catalog = new Catalog(storage);
        this.inventory = new Inventory(catalog, config.interval().multipliedBy(INVENTORY_IN_CYCLES), nanoClock);
        this.watch = new RetentionWatch(
                new RetentionStore(storage), orZero(config.retentionGrace()), orZero(config.deletedTopicGrace()));
        this.deleted = new DeletedTopics(new TopicMetadataStore(storage));
        this.topics = new TopicMaintenance(catalog, inventory, watch, deleted, config.deletedTopicGrace(), dryRun);
        this.partitions = new PartitionMaintenance(config, storage, clusterId, watch, nanoClock, dryRun);
        this.unfinished = new UnfinishedObjects(storage, nanoClock);
        this.readings = new ScatteredReadings(storage, nanoClock);
    }

    private static Duration orZero(@Nullable Duration grace) {
        return grace == null ? Duration.ZERO : grace;
    }

    /**
     * One cycle. What fails for one topic is tried again in the next cycle, and keeps no other topic from its turn.
     *
     * @throws IOException if nothing at all could be done, because the storage is away
     * @throws InterruptedIOException if the thread was interrupted
     */
    public CycleReport run() throws IOException {
        StorageClock.Reading reading = clock.read();
        inventory.refresh();
        List<TopicIncarnation> incarnations = inventory.incarnations();
        boolean expires = config.retentionGrace() != null || config.deletedTopicGrace() != null;
        Map<TopicIncarnation, Seen> seen = expires ? kafka.apply(incarnations) : Map.of();
        deleted.take(seen);
        Cycle cycle = new Cycle(
                reading,
                seen,
                deleted.toBeConfirmed(seen, watch, config.largestShareGone()),
                new Remover(storage, reading, dryRun));
        failedInARow = 0;
        int onGrace = 0;
        for (TopicIncarnation topic : incarnations) {
            boolean isGone = maintain(topic, cycle);
            onGrace += !isGone && deleted.contains(topic) ? 1 : 0;
        }
        if (!dryRun) {
            attempt("leftovers", cycle, () -> {
                clock.removeLeftBehind(reading);
                unfinished.removeIfDue(reading);
                readings.gatherIfDue(incarnations, reading);
                return true;
            });
        }
        CycleReport report = cycle.report();
        topicsOnGrace = onGrace;
        log(report);
        return report;
    }

    /**
     * Incarnations that Kafka has deleted and that were still in the backup after the last cycle; any thread may ask.
     */
    public int topicsOnGrace() {
        return topicsOnGrace;
    }

    /** Whether nothing of the topic is left. */
    private boolean maintain(TopicIncarnation topic, Cycle cycle) throws InterruptedIOException {
        boolean observed = attempt("topic " + topic, cycle, () -> {
            topics.observe(topic, cycle);
            return true;
        });
        if (!observed) {
            cycle.disregard(topic);
        }
        boolean isGone = observed && attempt("topic " + topic, cycle, () -> topics.removeIfDue(topic, cycle));
        if (!isGone) {
            for (TopicIdPartition partition : inventory.partitions(topic)) {
                attempt("topic " + topic + " partition " + partition.partition(), cycle, () -> {
                    partitions.visitIfDue(partition, cycle);
                    return true;
                });
            }
        }
        return isGone;
    }

    private interface Attempt {
        boolean run() throws IOException;
    }

    /** What it answers, or false if it failed, or if so much has failed that it is not even tried. */
    private boolean attempt(String where, Cycle cycle, Attempt attempt) throws InterruptedIOException {
        if (failedInARow >= FAILURES_IN_A_ROW) {
            return false;
        }
        try {
            boolean answer = attempt.run();
            failedInARow = 0;
            return answer;
        } catch (IOException | BackupException | KafkaException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("Maintenance was interrupted");
            }
            failedInARow++;
            LOG.warn("Maintenance of {} failed, it is tried again in the next cycle: {}", where, e.toString());
            LOG.debug("Maintenance of {} failed", where, e);
            cycle.addFailure(where + ": " + e.getMessage());
            return false;
        }
    }

    private void log(CycleReport report) {
        if (!dryRun) {
            report.done()
                    .forEach(removal -> LOG.info(
                            "Removed from topic {} partition {}: {} objects, {} bytes, because of {}",
                            removal.topic(),
                            removal.partition(),
                            removal.paths().size(),
                            removal.bytes(),
                            removal.cause()));
        }
        LOG.debug("Maintenance: {} segments merged, {} bytes", report.merges(), report.mergedBytes());
    }
}
