// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A backup whose days pass in a moment, with what Kafka says put into its mouth. */
final class Simulation {

    static final Duration CYCLE = Duration.ofMinutes(5);
    static final Duration WEEK = Duration.ofDays(7);
    static final Duration MONTH = Duration.ofDays(30);

    final TestClock clock = new TestClock();
    final SimulatedStorage storage;
    final Map<TopicIncarnation, Seen> kafka = new HashMap<>();

    Simulation(Path folder, int pageSize) {
        this.storage = new SimulatedStorage(folder, pageSize, clock::now);
    }

    static MaintenanceConfig config(@Nullable Duration retentionGrace, @Nullable Duration deletedTopicGrace) {
        return new MaintenanceConfig(CYCLE, retentionGrace, deletedTopicGrace, 0.2, 48 << 20, 3, 0);
    }

    /** A process that maintains, with a memory of its own. */
    Maintenance maintenance(String id, MaintenanceConfig config) {
        return maintenance(id, storage, clock::now, config, false);
    }

    Maintenance maintenance(
            String id, SimulatedStorage by, Supplier<Instant> hostClock, MaintenanceConfig config, boolean dryRun) {
        return new Maintenance(
                config,
                by,
                SimulatedBackup.CLUSTER_ID,
                this::look,
                new StorageClock(by, id, hostClock::get, clock::nanos),
                clock::nanos,
                dryRun);
    }

    private Map<TopicIncarnation, Seen> look(Collection<TopicIncarnation> incarnations) {
        Map<TopicIncarnation, Seen> seen = new HashMap<>();
        incarnations.forEach(
                topic -> seen.put(topic, kafka.getOrDefault(topic, new Seen.NotTold("nobody said anything"))));
        return seen;
    }

    /** Cycles, a quarter of a day apart, for so long. */
    CycleReport run(Maintenance maintenance, Duration time) throws IOException {
        CycleReport last = maintenance.run();
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plusHours(6)) {
            clock.pass(Duration.ofHours(6));
            last = maintenance.run();
        }
        return last;
    }
}
