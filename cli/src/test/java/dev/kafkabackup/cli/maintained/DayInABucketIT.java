// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.maintained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.broker.EmbeddedBroker;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.maintenance.CycleReport;
import dev.kafkabackup.maintenance.Maintenance;
import dev.kafkabackup.maintenance.MaintenanceConfig;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.SimulatedStorage;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.S3Server;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backup in a bucket of a real S3 server, whose listings come in pages of 10 keys, by a controlled clock: a segment a
 * minute, and three that maintain it at once. One of them is killed at a storage call of each cycle, and the clock of
 * one jumps by 40 days. Restores and descriptions beside them always see the same records.
 */
@Timeout(1_800)
class DayInABucketIT {

    private static final String BUCKET = "bucket";
    private static final int KEYS_PER_PAGE = 10;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int CYCLE_MINUTES = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** So many touching segments become one at once. */
    private static final int AT_FIRST = 36;

    /** By storage calls; most cycles have fewer. */
    private static final int LATEST_KILL = 60;

    private static final MaintenanceConfig CONFIG = Simulation.config(Simulation.WEEK, Simulation.MONTH);

    @TempDir
    private static Path folder;

    private static S3Server server;

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));

    @BeforeAll
    static void startServer() throws IOException {
        server = S3Server.start(folder);
        Files.createDirectories(server.files(BUCKET));
        Configuration flink = Configuration.fromMap(server.flinkSettings());
        flink.setString("s3.paging.maximum", Integer.toString(KEYS_PER_PAGE));
        FileSystem.initialize(flink, PluginUtils.createPluginManagerFromRootFolder(flink));
    }

    @AfterAll
    static void stopServer() {
        FileSystem.initialize(new Configuration(), null);
        server.close();
    }

    @Test
    void whoReadsSeesTheSameWhileSegmentsAreMergedAndRemoved() throws Exception {
        minutes("hours", 70, (minute, any) -> {});
    }

    @Test
    @Tag("long")
    void whoReadsSeesTheSameForAWholeDayAndSoDoesTheRestoreJob() throws Exception {
        ExecutorService restores = Executors.newSingleThreadExecutor();
        List<Future<Integer>> restored = new ArrayList<>();
        try (EmbeddedBroker broker = EmbeddedBroker.in(folder.resolve("broker")).start()) {
            minutes("day", 24 * 60, (minute, backup) -> {
                if (minute % (6 * 60) == 60) {
                    restored.add(restores.submit(() -> RestoreJobRun.compare(
                            location("day"), broker.bootstrapServers(), backup, orders.name(), "orders-at-" + minute)));
                }
            });
            for (Future<Integer> each : restored) {
                System.out.printf("The restore job has restored %d records%n", each.get());
            }
        } finally {
            restores.shutdownNow();
        }
    }

    /** Something that happens beside, at a minute of the day. */
    private interface Beside {
        void at(int minute, SimulatedBackup backup);
    }

    private Simulation simulation(String root) {
        return new Simulation(location(root).open(), Integer.MAX_VALUE);
    }

    private static StorageLocation location(String root) {
        return StorageLocation.parse("s3://" + BUCKET + "/" + root);
    }

    private SimulatedBackup backup(Simulation simulation, RandomRecords random) throws IOException {
        BackupRoot.openOrCreate(
                simulation.storage(), Simulation.CLUSTER_ID, simulation.clock().now());
        simulation.metadata(orders, TopicState.LIVE);
        // a clock that is 40 days ahead would find the first segments expired long ago
        simulation.logStartsAt(orders, 20);
        SimulatedBackup backup =
                new SimulatedBackup(orders.partition(0), simulation.storage().another(), random);
        backup.publish(5, 0);
        backup.gap(3);
        for (int i = 0; i < AT_FIRST; i++) {
            backup.publish(3, 0);
        }
        return backup;
    }

    private void minutes(String root, int minutes, Beside beside) throws Exception {
        RandomRecords records = RandomRecords.small();
        RandomGenerator random = new SplittableRandom(records.seed());
        Simulation simulation = simulation(root);
        SimulatedBackup backup = backup(simulation, records);
        List<OffsetRange> gaps = backup.listed(simulation.storage()).coverage().holes();
        Maintenance one = simulation.maintenance("one", CONFIG);
        Duration[] ahead = {Duration.ZERO};
        Maintenance jumping = simulation.maintenance(
                "jumping",
                simulation.storage().another(),
                () -> simulation.clock().now().plus(ahead[0]),
                CONFIG,
                false);
        int kills = 0;
        int removed = 0;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Readers readers = Readers.start(simulation, backup, orders.name(), gaps)) {
            for (int minute = 0; minute < minutes; minute++) {
                backup.publish(3, 0);
                await("the readers to keep up").atMost(PATIENCE).until(readers::keepUp);
                simulation.clock().pass(MINUTE);
                beside.at(minute, backup);
                if (minute == minutes / 2) {
                    ahead[0] = Duration.ofDays(40);
                }
                if (minute % CYCLE_MINUTES == 0) {
                    SimulatedStorage victim = simulation.storage().another();
                    victim.killAt(random.nextInt(LATEST_KILL));
                    Future<Boolean> killed = threads.submit(() -> isKilled(simulation, victim));
                    Future<CycleReport> third = threads.submit(jumping::run);
                    CycleReport report = one.run();
                    assertThat(report.failures()).isEmpty();
                    removed += report.done().stream()
                            .mapToInt(removal -> removal.paths().size())
                            .sum();
                    kills += killed.get() ? 1 : 0;
                    if (minute > minutes / 2) {
                        assertThat(third.get().done()).isEmpty();
                        assertThat(third.get().refusals()).anyMatch(refusal -> refusal.contains("5 minutes apart"));
                    }
                }
            }
            System.out.printf(
                    "%d minutes: %s beside %d kills; %d segments, of %d%n",
                    minutes,
                    readers.end(),
                    kills,
                    backup.listed(simulation.storage()).segments().size(),
                    minutes + 1 + AT_FIRST);
        } finally {
            threads.shutdownNow();
        }
        assertThat(kills).isPositive();
        assertThat(removed).as("there was something to remove").isPositive();
        backup.assertReadsAll(simulation.storage());
    }

    private static boolean isKilled(Simulation simulation, SimulatedStorage storage) throws IOException {
        try {
            simulation
                    .maintenance("victim", storage, simulation.clock()::now, CONFIG, false)
                    .run();
            return false;
        } catch (SimulatedStorage.Killed e) {
            return true;
        }
    }

    @Test
    @Tag("long")
    void killedAtEachStorageCallOfACycleTheNextOneDoesTheRest() throws IOException {
        Simulation simulation = simulation("kills");
        SimulatedBackup backup = backup(simulation, RandomRecords.small());
        for (int minute = 0; minute < 40; minute++) {
            backup.publish(3, 0);
        }
        simulation.maintenance("one", CONFIG).run();
        simulation.clock().pass(Duration.ofMinutes(61));
        for (int minute = 0; minute < 40; minute++) {
            backup.publish(3, 0);
        }
        // some 40 of them are to be removed, some 40 others to be merged
        Path bucket = server.files(BUCKET).resolve("kills");
        Path before = folder.resolve("before");
        copy(bucket, before);
        assertThat(isKilled(simulation, simulation.storage().another())).isFalse();
        Set<String> after = names(backup, simulation);
        assertThat(after).hasSizeLessThan(60);

        int call = 0;
        boolean killed = true;
        while (killed) {
            delete(bucket);
            copy(before, bucket);
            SimulatedStorage victim = simulation.storage().another();
            victim.killAt(call++);
            killed = isKilled(simulation, victim);
            backup.assertReadsAll(simulation.storage());
            assertThat(isKilled(simulation, simulation.storage().another())).isFalse();
            backup.assertReadsAll(simulation.storage());
            assertThat(names(backup, simulation)).as("killed at call %d", call).isEqualTo(after);
        }
        System.out.printf("killed at each of %d calls%n", call);
        assertThat(call).isGreaterThan(80);
    }

    private static Set<String> names(SimulatedBackup backup, Simulation simulation) throws IOException {
        Set<String> names = new TreeSet<>();
        backup.listed(simulation.storage())
                .segments()
                .forEach(segment -> names.add(segment.name().fileName()));
        return names;
    }

    /** With the attributes in which the server keeps what it knows of an object. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
