// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.e2e.proxy.RequestPoint;
import dev.kafkabackup.e2e.proxy.RequestTurnstile;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.testing.Turnstile.Direction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the backup at requests to Kafka and to the storage, before the server has seen them or before the answer has
 * arrived: one process after the other on one root. Half of them begin without any Flink state, the others with what
 * the one before has left, whole or damaged.
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

    private int runs;
    private int resumed;

    @TempDir
    private Path folder;

    @Test
    @Timeout(240)
    void whereverTheBackupIsKilledEveryRecordIsStoredOnce() throws Exception {
        killAt(List.of(), 1, 1);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void atFiftyRequestsAndMoreTheBackupIsKilledAndEveryRecordIsStoredOnce() throws Exception {
        assertThat(killAt(BEGINNING, 28, 28)).isGreaterThanOrEqualTo(50);
    }

    /** @return at how many points there was a kill */
    private int killAt(List<RequestPoint> beginning, int storagePoints, int kafkaPoints) throws Exception {
        List<RequestPoint> killed = new ArrayList<>();
        try (BackupUnderLoad backup = new BackupUnderLoad(BROKER, folder, TURNSTILE)) {
            for (RequestPoint point : beginning) {
                killAt(point, backup);
                killed.add(point);
            }
            killAt(RECORDED, backup);
            killed.add(RECORDED);
            for (RequestPoint point : choose(TURNSTILE.requests(), storagePoints, kafkaPoints, backup.random())) {
                killAt(point, backup);
                killed.add(point);
            }
            // leaves Flink state behind
            killAt(RECORDED, backup);
            killed.add(RECORDED);
            backup.replaceTopic();
            try (ProxiedBackup.Run run = backup.start()) {
                backup.finish(run);
                noteIfResumed(run);
            }
            System.out.printf(
                    "Killed at %d points, %d of the runs began with Flink state: %s%n", killed.size(), resumed, killed);
            assertThat(resumed).as("runs that began with Flink state").isPositive();
            backup.assertWhole();
            backup.assertNothingStoredTwice();
        }
        return killed.size();
    }

    private static List<RequestPoint> choose(
            NavigableMap<String, Integer> recorded, int storagePoints, int kafkaPoints, Random random) {
        System.out.println("Requests of a run: " + recorded);
        List<RequestPoint> points = new ArrayList<>();
        points.addAll(RequestPoint.choose(recorded, ProxiedBackup::isStorage, storagePoints, random));
        points.addAll(RequestPoint.choose(recorded, kind -> !ProxiedBackup.isStorage(kind), kafkaPoints, random));
        Collections.shuffle(points, random);
        return points;
    }

    private void killAt(RequestPoint point, BackupUnderLoad backup) throws Exception {
        runs++;
        if (runs % 2 == 0) {
            backup.forgetFlinkState();
        } else if (runs % 8 == 3) {
            backup.damageFlinkState();
        }
        backup.replaceTopic();
        TURNSTILE.keepAt(point);
        try (ProxiedBackup.Run run = backup.start()) {
            assertThat(TURNSTILE.awaitReached(BackupUnderLoad.PATIENCE))
                    .as("%s is reached; up to now there were %s in %s", point, TURNSTILE.requests(), run.process())
                    .isTrue();
            run.process().kill();
            TURNSTILE.lose();
            noteIfResumed(run);
        }
    }

    private void noteIfResumed(ProxiedBackup.Run run) {
        resumed += run.count("Restoring job") > 0 ? 1 : 0;
    }
}
