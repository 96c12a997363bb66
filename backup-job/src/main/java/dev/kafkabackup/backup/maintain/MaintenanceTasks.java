// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.maintain;

import static java.util.Objects.requireNonNull;

import dev.kafkabackup.backup.beside.BesideTasks;
import dev.kafkabackup.figure.Figures;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.maintenance.Cause;
import dev.kafkabackup.maintenance.CycleReport;
import dev.kafkabackup.maintenance.Maintenance;
import dev.kafkabackup.maintenance.MaintenanceConfig;
import dev.kafkabackup.maintenance.Removal;
import dev.kafkabackup.maintenance.ReportStore;
import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.maintenance.watch.KafkaLook;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs maintenance cycles, and shows what they do. */
public final class MaintenanceTasks implements BesideTasks {

    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceTasks.class);

    private final MaintenanceConfig config;
    private final Admin admin;
    private final BackupStorage storage;
    private final StorageClock clock;
    private final Maintenance maintenance;
    private final ReportStore reports;
    private final Counter merges;
    private final Counter mergedBytes;
    private final Map<Cause, Counter> removed = new EnumMap<>(Cause.class);
    private volatile List<String> refusals = List.of();
    private volatile int failures;

    /**
     * What maintenance in the job is told.
     *
     * @param clusterId id of the cluster that the root belongs to
     * @param jobId names this run of the job, the same after every failover
     */
    public record Settings(
            KafkaConnection kafka, StorageLocation storage, MaintenanceConfig config, String clusterId, String jobId)
            implements Factory {

        private static final long serialVersionUID = 1L;

        @Override
        public BesideTasks open(MetricGroup metrics, Figures figures) {
            return new MaintenanceTasks(this, metrics, figures);
        }
    }

    private MaintenanceTasks(Settings settings, MetricGroup metrics, Figures figures) {
        this.config = settings.config();
        this.admin = settings.kafka().admin("kafka-backup-maintenance");
        this.storage = settings.storage().open();
        this.clock = new StorageClock(storage, settings.jobId(), InstantSource.system(), System::nanoTime);
        this.maintenance = new Maintenance(
                config,
                storage,
                settings.clusterId(),
                new KafkaLook(settings.kafka(), admin, settings.clusterId())::look,
                clock,
                System::nanoTime,
                false);
        this.reports = new ReportStore(storage);
        this.merges = metrics.counter("mergedSegments", new ThreadSafeSimpleCounter());
        this.mergedBytes = metrics.counter("mergedBytes", new ThreadSafeSimpleCounter());
        for (Cause cause : Cause.values()) {
            removed.put(cause, metrics.counter(counterName(cause), new ThreadSafeSimpleCounter()));
        }
        metrics.gauge("refusals", () -> refusals.size());
        metrics.gauge("lastCycleFailures", () -> failures);
        metrics.gauge("deletedTopicsOnGrace", maintenance::topicsOnGrace);
        figures.sum("segments merged", merges::getCount)
                .sum("segments expired", requireNonNull(removed.get(Cause.RETENTION))::getCount)
                .sum("segments of deleted topics removed", requireNonNull(removed.get(Cause.TOPIC_DELETED))::getCount)
                .sum("refusals", () -> refusals.size());
    }

    private static String counterName(Cause cause) {
        return switch (cause) {
            case RETENTION -> "expiredSegments";
            case TOPIC_DELETED -> "removedOfDeletedTopics";
            case REPLACED -> "replacedSegments";
            case DAMAGED -> "removedDamaged";
        };
    }

    @Override
    public List<Round> rounds() {
        // not at once: the partitions are being opened
        return List.of(new Round("Maintenance", "cycles", config.interval(), config.interval(), false, this::cycle));
    }

    private void cycle() throws IOException {
        CycleReport report = maintenance.run();
        merges.inc(report.merges());
        mergedBytes.inc(report.mergedBytes());
        for (Removal removal : report.done()) {
            requireNonNull(removed.get(removal.cause())).inc(removal.paths().size());
        }
        report.refusals().stream()
                .filter(refusal -> !refusals.contains(refusal))
                .forEach(refusal -> LOG.warn("Maintenance: {}", refusal));
        refusals = report.refusals();
        failures = report.failures().size();
        reports.write(report);
    }

    @Override
    public void close() {
        try {
            clock.close();
        } catch (IOException e) {
            LOG.debug("The clock's object stays behind, which harms nothing", e);
        }
        admin.close(Duration.ZERO);
        storage.close();
    }
}
