// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.proxy.RequestPoint;
import dev.kafkabackup.e2e.proxy.RequestTurnstile;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.testing.Turnstile.Direction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two writers on one root that do not know of each other: a backup that is frozen in the middle of a request, taken for
 * dead and thawed beside its successor; and an upload that reaches the storage long after its process is dead, when the
 * successor has listed the partition without it.
 */
class FrozenAtRequestsIT {

    private static final RequestTurnstile TURNSTILE = new RequestTurnstile(ProxiedBackup::kind);

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().behind(new KafkaProxy().through(TURNSTILE));

    /**
     * Of a run that is frozen in the middle, and not at one of its first segments: those begin and end with what had
     * waited, for the successor as well, and two that are the same do not overlap. On a slow machine that is true of
     * later ones, too: the successor ends its segments elsewhere.
     */
    private static final RequestPoint RECORDED =
            new RequestPoint("PUT segment", 5 * BackupUnderLoad.PARTITIONS, Direction.REQUEST);

    private static final String PUBLISHED = "Published ";

    private final List<String> points = new ArrayList<>();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    @Timeout(240)
    void oneThatThawsBesideItsSuccessorAndItsUploadThatCameTooLateHarmNothing() throws Exception {
        strike(0, 0, Duration.ZERO);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void thoseThatThawBesideTheirSuccessorsHarmNothing() throws Exception {
        strike(20, 0, Duration.ZERO);
        assertThat(points).hasSizeGreaterThanOrEqualTo(16);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void uploadsThatAreHalfAMinuteLateHarmNothing() throws Exception {
        strike(0, 4, Duration.ofSeconds(30));
    }

    /** @param lateness how long after the successor has stored the same offsets an upload arrives */
    private void strike(int frozen, int lateUploads, Duration lateness) throws Exception {
        try (BackupUnderLoad backup = new BackupUnderLoad(BROKER, folder, TURNSTILE)) {
            NavigableMap<String, Integer> recorded = freezeAt(RECORDED, true, backup);
            assertThat(points).as("points").hasSize(1);
            Random random = backup.random();
            for (RequestPoint point : RequestPoint.choose(recorded, ProxiedBackup::isOfEveryRun, frozen, random)) {
                freezeAt(point, random.nextBoolean(), backup);
            }
            for (int i = 1; i <= lateUploads; i++) {
                // not one of the first, see above
                int number = (i + 4) * BackupUnderLoad.PARTITIONS;
                arriveLate(new RequestPoint("PUT segment", number, Direction.REQUEST), lateness, backup);
            }
            try (ProxiedBackup.Run run = backup.start()) {
                backup.finish(run);
            }
            System.out.printf(
                    "Two writers after %d points, %d segments overlap: %s%n", points.size(), backup.overlaps(), points);
            assertThat(backup.overlaps()).as("segments that overlap").isPositive();
            backup.assertWhole();
        }
    }

    /**
     * A run that does not come to the point is not frozen, and does not count.
     *
     * @param arrives whether the request or answer arrives after the thaw, or its connection is lost
     * @return what was requested up to then
     */
    private NavigableMap<String, Integer> freezeAt(RequestPoint point, boolean arrives, BackupUnderLoad backup)
            throws Exception {
        backup.replaceTopic();
        TURNSTILE.keepAt(point);
        try (ProxiedBackup.Run frozen = backup.start()) {
            boolean reached = TURNSTILE.awaitReached(BackupUnderLoad.POINT_PATIENCE);
            NavigableMap<String, Integer> requests = TURNSTILE.requests();
            if (!reached) {
                frozen.process().kill();
                TURNSTILE.lose();
                return requests;
            }
            frozen.process().freeze();
            backup.replaceTopic();
            forgetFlinkStateEverySecondTime(backup);
            try (ProxiedBackup.Run successor = backup.startWithLargerSegments()) {
                backup.awaitProgress();
                if (arrives) {
                    int overlaps = backup.overlaps();
                    TURNSTILE.sendOn();
                    if (point.equals(RECORDED)) {
                        awaitMoreOverlaps(overlaps, backup);
                    }
                } else {
                    TURNSTILE.lose();
                }
                long published = frozen.count(PUBLISHED);
                frozen.process().thaw();
                await("the one that was frozen at %s to store something, see %s".formatted(point, frozen.log()))
                        .atMost(BackupUnderLoad.PATIENCE)
                        .until(() -> frozen.count(PUBLISHED) > published);
                backup.awaitProgress();
                successor.process().kill();
            }
            frozen.process().kill();
            points.add("%s%s".formatted(point, arrives ? "" : ", lost"));
            return requests;
        }
    }

    private void arriveLate(RequestPoint upload, Duration lateness, BackupUnderLoad backup) throws Exception {
        TURNSTILE.keepAt(upload);
        try (ProxiedBackup.Run killed = backup.start()) {
            awaitReached(upload, killed);
            killed.process().kill();
        }
        forgetFlinkStateEverySecondTime(backup);
        int overlaps = backup.overlaps();
        TURNSTILE.countAnew();
        try (ProxiedBackup.Run successor = backup.startWithLargerSegments()) {
            await("every partition to be listed")
                    .atMost(BackupUnderLoad.PATIENCE)
                    .until(() -> TURNSTILE.answered("LIST segment") >= BackupUnderLoad.PARTITIONS);
            long listed = System.nanoTime();
            backup.awaitProgress();
            await("the upload to be late")
                    .atMost(lateness.plus(BackupUnderLoad.PATIENCE))
                    .until(() -> System.nanoTime() - listed >= lateness.toNanos());
            TURNSTILE.sendOn();
            awaitMoreOverlaps(overlaps, backup);
            successor.process().kill();
        }
        points.add("late by %d s, %s".formatted(lateness.toSeconds(), upload));
    }

    private static void awaitMoreOverlaps(int before, BackupUnderLoad backup) {
        await("the late segment beside those of the successor")
                .atMost(BackupUnderLoad.PATIENCE)
                .until(() -> backup.overlaps() > before);
    }

    private static void awaitReached(RequestPoint point, ProxiedBackup.Run run) throws InterruptedException {
        assertThat(TURNSTILE.awaitReached(BackupUnderLoad.PATIENCE))
                .as("%s is reached; up to now there were %s in %s", point, TURNSTILE.requests(), run.process())
                .isTrue();
    }

    private void forgetFlinkStateEverySecondTime(BackupUnderLoad backup) throws IOException {
        if (points.size() % 2 == 1) {
            backup.forgetFlinkState();
        }
    }
}
