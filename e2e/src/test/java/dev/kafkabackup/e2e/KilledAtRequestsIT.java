// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.e2e.proxy.RequestPoint;
import dev.kafkabackup.e2e.proxy.RequestTurnstile;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.testing.Turnstile.Direction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the backup at requests to Kafka and to the storage, before the server has seen them or before the answer has
 * arrived: one process after the other on one root. Half of them begin with Flink state that one before has left, the
 * others without any, or with what is damaged.
 */
class KilledAtRequestsIT {

    private static final RequestTurnstile TURNSTILE = new RequestTurnstile(ProxiedBackup::kind);

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().behind(new KafkaProxy().through(TURNSTILE));

    /** A run like most, with some checkpoints: from its requests points are chosen. */
    private static final RequestPoint RECORDED =
            new RequestPoint("PUT segment", 6 * BackupUnderLoad.PARTITIONS, Direction.ANSWER);

    /** What comes once in the life of a root, and the first segments. */
    private static final List<RequestPoint> BEGINNING = List.of(
            new RequestPoint("PUT root", 1, Direction.REQUEST),
            new RequestPoint("PUT root", 1, Direction.ANSWER),
            new RequestPoint("PUT segment", 1, Direction.REQUEST));

    /** The points that were reached. */
    private final Set<RequestPoint> killed = new LinkedHashSet<>();

    private int kills;
    private int resumed;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    @Timeout(720)
    void whereverTheBackupIsKilledEveryRecordIsStoredOnce() throws Exception {
        killAt(List.of(), ProxiedBackup::isOfEveryRun, 1, 1);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void atFiftyRequestsAndMoreTheBackupIsKilledAndEveryRecordIsStoredOnce() throws Exception {
        killAt(BEGINNING, any -> true, 32, 32);
        assertThat(killed).as("points").hasSizeGreaterThanOrEqualTo(50);
        assertThat(resumed)
                .as("runs that began with Flink state, of %d", kills)
                .isBetween(kills * 2 / 5, kills * 3 / 5);
    }

    private void killAt(List<RequestPoint> beginning, Predicate<String> kinds, int storagePoints, int kafkaPoints)
            throws Exception {
        try (BackupUnderLoad backup = new BackupUnderLoad(BROKER, folder, TURNSTILE)) {
            for (RequestPoint point : beginning) {
                killAt(point, backup);
            }
            killAt(RECORDED, backup);
            for (RequestPoint point : choose(kinds, storagePoints, kafkaPoints, backup.random())) {
                killAt(point, backup);
            }
            // leaves Flink state behind
            killAt(RECORDED, backup);
            assertThat(killed).as("points").contains(RECORDED);
            backup.replaceTopic();
            try (ProxiedBackup.Run run = backup.start()) {
                backup.finish(run);
                noteIfResumed(run);
            }
            System.out.printf(
                    "Killed %d times, at %d points: %s%n%d of the runs began with Flink state, the others without%n",
                    kills, killed.size(), killed, resumed);
            assertThat(resumed).as("runs that began with Flink state").isPositive();
            backup.assertWhole();
            backup.assertNothingStoredTwice();
        }
    }

    private static List<RequestPoint> choose(
            Predicate<String> kinds, int storagePoints, int kafkaPoints, Random random) {
        NavigableMap<String, Integer> recorded = TURNSTILE.requests();
        System.out.println("Requests of a run: " + recorded);
        List<RequestPoint> points = new ArrayList<>();
        points.addAll(RequestPoint.choose(recorded, kinds.and(ProxiedBackup::isStorage), storagePoints, random));
        points.addAll(
                RequestPoint.choose(recorded, kinds.and(kind -> !ProxiedBackup.isStorage(kind)), kafkaPoints, random));
        Collections.shuffle(points, random);
        return points;
    }

    /** A run that does not reach the point is killed as well, but does not count. */
    private void killAt(RequestPoint point, BackupUnderLoad backup) throws Exception {
        takeFlinkStateAwayFromHalfOfTheRuns(backup);
        kills++;
        backup.replaceTopic();
        TURNSTILE.keepAt(point);
        try (ProxiedBackup.Run run = backup.start()) {
            boolean everyRunComesToIt = point.equals(RECORDED);
            if (TURNSTILE.awaitReached(everyRunComesToIt ? BackupUnderLoad.PATIENCE : BackupUnderLoad.POINT_PATIENCE)) {
                killed.add(point);
            }
            run.process().kill();
            TURNSTILE.lose();
            noteIfResumed(run);
        }
    }

    /**
     * A run may be killed before it has begun with the state that there was, or before it has left any, so that it is
     * counted what really happened. State that a run has not come to use is still there for the next one.
     */
    private void takeFlinkStateAwayFromHalfOfTheRuns(BackupUnderLoad backup) throws IOException {
        if (2 * resumed >= kills) {
            if (kills % 8 == 6) {
                backup.damageFlinkState();
            } else {
                backup.forgetFlinkState();
            }
        }
    }

    private void noteIfResumed(ProxiedBackup.Run run) {
        boolean found = run.count("Going on with the state of ") > 0;
        resumed += found && run.count("Restoring job") > 0 ? 1 : 0;
    }
}
