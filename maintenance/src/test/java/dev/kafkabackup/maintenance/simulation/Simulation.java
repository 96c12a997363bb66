// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.simulation;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.maintenance.CycleReport;
import dev.kafkabackup.maintenance.Maintenance;
import dev.kafkabackup.maintenance.MaintenanceConfig;
import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.storage.fixture.MemoryStorage;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A backup whose days pass in a moment, with what Kafka says put into its mouth. */
public final class Simulation {

    public static final String CLUSTER_ID = "4L6g3nShT-eMCtK--X86sw";

    public static final Duration CYCLE = Duration.ofMinutes(5);
    public static final Duration DAY = Duration.ofDays(1);
    public static final Duration WEEK = Duration.ofDays(7);
    public static final Duration MONTH = Duration.ofDays(30);

    private final SimulatedClock clock = new SimulatedClock();
    private final SimulatedStorage storage;
    private final Map<TopicIncarnation, Seen> kafka = new ConcurrentHashMap<>();

    /** Nothing of it is on a disk. */
    public static Simulation inMemory() {
        return new Simulation(new MemoryStorage(), 10);
    }

    /** @param pageSize how many objects one page of a listing shows */
    public Simulation(Path folder, int pageSize) {
        this(StorageLocation.parse(folder.toString()).open(), pageSize);
    }

    /** @param objects where they really are; closed by whoever closes {@link #storage} */
    public Simulation(BackupStorage objects, int pageSize) {
        this.storage = new SimulatedStorage(objects, pageSize, clock);
    }

    public SimulatedClock clock() {
        return clock;
    }

    public SimulatedStorage storage() {
        return storage;
    }

    public static MaintenanceConfig config(@Nullable Duration retentionGrace, @Nullable Duration deletedTopicGrace) {
        return new MaintenanceConfig(CYCLE, retentionGrace, deletedTopicGrace, 0.2, 48 << 20, 3, 0);
    }

    /** From now on Kafka has the first partition of the topic, whose log starts there. */
    public void logStartsAt(TopicIncarnation topic, long offset) {
        kafka.put(topic, new Seen.There(Map.of(0, offset)));
    }

    /** From now on Kafka says something else. */
    public void kafkaSays(TopicIncarnation topic, Seen seen) {
        kafka.put(topic, seen);
    }

    /** What Kafka says; nothing of what it was not told to say. */
    public Map<TopicIncarnation, Seen> look(Collection<TopicIncarnation> incarnations) {
        Map<TopicIncarnation, Seen> seen = new HashMap<>();
        incarnations.forEach(
                topic -> seen.put(topic, kafka.getOrDefault(topic, new Seen.NotTold("nobody said anything"))));
        return seen;
    }

    /** A process that maintains, with a memory of its own. */
    public Maintenance maintenance(String id, MaintenanceConfig config) {
        return maintenance(id, storage, clock::now, config, false);
    }

    /** One that says only what it would do. */
    public Maintenance dryRun(MaintenanceConfig config) {
        return maintenance("dry", storage.another(), clock::now, config, true);
    }

    /** One that asks somebody else about Kafka. */
    public Maintenance maintenance(
            String id,
            MaintenanceConfig config,
            Function<Collection<TopicIncarnation>, Map<TopicIncarnation, Seen>> look) {
        return maintenance(id, storage, clock::now, config, look, false);
    }

    public Maintenance maintenance(
            String id, SimulatedStorage by, Supplier<Instant> hostClock, MaintenanceConfig config, boolean dryRun) {
        return maintenance(id, by, hostClock, config, this::look, dryRun);
    }

    private Maintenance maintenance(
            String id,
            SimulatedStorage by,
            Supplier<Instant> hostClock,
            MaintenanceConfig config,
            Function<Collection<TopicIncarnation>, Map<TopicIncarnation, Seen>> look,
            boolean dryRun) {
        return new Maintenance(
                config,
                by,
                CLUSTER_ID,
                look,
                new StorageClock(by, id, hostClock::get, clock::nanos),
                clock::nanos,
                dryRun);
    }

    /** Cycles, a quarter of a day apart, for so long. */
    public CycleReport run(Maintenance maintenance, Duration time) throws IOException {
        CycleReport last = maintenance.run();
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plusHours(6)) {
            clock.pass(Duration.ofHours(6));
            last = maintenance.run();
        }
        return last;
    }

    /** The first partition of a live topic, with so many segments of 10 records each. */
    public SimulatedBackup backup(TopicIncarnation topic, int segments) throws IOException {
        SimulatedBackup backup = new SimulatedBackup(topic.partition(0), storage.another(), RandomRecords.small());
        for (int i = 0; i < segments; i++) {
            backup.publish(10, 0);
        }
        metadata(topic, TopicState.LIVE);
        return backup;
    }

    /** The backup job has seen the topic in that state. */
    public void metadata(TopicIncarnation topic, TopicState state) throws IOException {
        clock.pass(Duration.ofMillis(1));
        new TopicMetadataStore(storage)
                .append(new TopicMetadata(
                        topic.name(), topic.id(), CLUSTER_ID, 1, 1, Map.of(), true, state, clock.now(), null));
    }
}
