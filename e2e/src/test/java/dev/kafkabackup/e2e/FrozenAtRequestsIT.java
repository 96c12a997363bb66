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
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
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
     * waited, for the successor as well.
     */
    private static final RequestPoint UPLOAD =
            new RequestPoint("PUT segment", 5 * BackupUnderLoad.PARTITIONS, Direction.REQUEST);

    private static final int MOST_TRIES = 4;

    private static final String PUBLISHED = "Published ";

    private final List<String> points = new ArrayList<>();

    /** How many requests of each kind the first run had. */
    private NavigableMap<String, Integer> recorded = new TreeMap<>();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    @Timeout(720)
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
            repeatUntilOneOverlaps(() -> freezeAtUpload(backup));
            Random random = backup.random();
            for (RequestPoint point : RequestPoint.choose(recorded, ProxiedBackup::isOfEveryRun, frozen, random)) {
                freezeAt(point, random.nextBoolean(), backup);
            }
            for (int i = 1; i <= lateUploads; i++) {
                // not one of the first, see above
                int number = (i + 4) * BackupUnderLoad.PARTITIONS;
                RequestPoint upload = new RequestPoint("PUT segment", number, Direction.REQUEST);
                repeatUntilOneOverlaps(() -> arriveLate(upload, lateness, backup));
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

    /** Two writers, and an upload that arrives when the successor has stored the same offsets. */
    @FunctionalInterface
    private interface LateUpload {

        /** Whether it overlaps what is stored. */
        boolean overlaps() throws Exception;
    }

    /**
     * Whatever is done about it, the successor may by chance have ended its segment at the very same record: two that
     * are the same do not overlap.
     */
    private static void repeatUntilOneOverlaps(LateUpload late) throws Exception {
        boolean overlaps = false;
        for (int i = 0; i < MOST_TRIES && !overlaps; i++) {
            overlaps = late.overlaps();
        }
        assertThat(overlaps)
                .as("one of %d late segments overlaps those of the successor", MOST_TRIES)
                .isTrue();
    }

    private boolean freezeAtUpload(BackupUnderLoad backup) throws Exception {
        backup.replaceTopic();
        TURNSTILE.keepFrom(UPLOAD, backup::isOfSmallSegment);
        try (ProxiedBackup.Run frozen = backup.start()) {
            awaitReached(UPLOAD, frozen);
            recorded = TURNSTILE.requests();
            AtomicBoolean overlaps = new AtomicBoolean();
            thawBesideSuccessor(frozen, () -> overlaps.set(overlapsOnArrival(backup)), backup);
            points.add(UPLOAD.toString());
            return overlaps.get();
        }
    }

    /**
     * A run that does not come to the point is not frozen, and does not count.
     *
     * @param arrives whether the request or answer arrives after the thaw, or its connection is lost
     */
    private void freezeAt(RequestPoint point, boolean arrives, BackupUnderLoad backup) throws Exception {
        backup.replaceTopic();
        TURNSTILE.keepAt(point);
        try (ProxiedBackup.Run frozen = backup.start()) {
            if (!TURNSTILE.awaitReached(BackupUnderLoad.POINT_PATIENCE)) {
                frozen.process().kill();
                TURNSTILE.lose();
                return;
            }
            thawBesideSuccessor(frozen, arrives ? TURNSTILE::sendOn : TURNSTILE::lose, backup);
            points.add("%s%s".formatted(point, arrives ? "" : ", lost"));
        }
    }

    /** @param decide what becomes of the message that is kept, while the successor is at work */
    private void thawBesideSuccessor(ProxiedBackup.Run frozen, Runnable decide, BackupUnderLoad backup)
            throws Exception {
        frozen.process().freeze();
        backup.replaceTopic();
        forgetFlinkStateEverySecondTime(backup);
        try (ProxiedBackup.Run successor = backup.startWithLargerSegments()) {
            backup.awaitProgress();
            decide.run();
            long published = frozen.count(PUBLISHED);
            frozen.process().thaw();
            await("the one that was frozen to store something, see " + frozen.log())
                    .atMost(BackupUnderLoad.PATIENCE)
                    .until(() -> frozen.count(PUBLISHED) > published);
            backup.awaitProgress();
            successor.process().kill();
        }
        frozen.process().kill();
    }

    private boolean arriveLate(RequestPoint upload, Duration lateness, BackupUnderLoad backup) throws Exception {
        TURNSTILE.keepFrom(upload, backup::isOfSmallSegment);
        try (ProxiedBackup.Run killed = backup.start()) {
            awaitReached(upload, killed);
            killed.process().kill();
        }
        forgetFlinkStateEverySecondTime(backup);
        boolean overlaps;
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
            overlaps = overlapsOnArrival(backup);
            successor.process().kill();
        }
        points.add("late by %d s, %s".formatted(lateness.toSeconds(), upload));
        return overlaps;
    }

    /** Sends the upload that is kept on; whether its segment overlaps what is stored. */
    private static boolean overlapsOnArrival(BackupUnderLoad backup) {
        int before = backup.overlaps();
        String upload = TURNSTILE.kept();
        TURNSTILE.sendOn();
        backup.awaitStored(upload);
        return backup.overlaps() > before;
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
