// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SightingsTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration GRACE = Duration.ofDays(7);

    @Test
    void nothingIsKnownBeforeSomebodyHasLookedForTheWholeTime() {
        assertThat(Sightings.NONE.lowestDuring(Duration.ZERO)).isEmpty();
        Sightings sixDays = hourly(Sightings.NONE, 0, 6 * 24, 100);

        assertThat(sixDays.lowestDuring(GRACE)).isEmpty();
        assertThat(hourly(sixDays, 6 * 24, 7 * 24, 100).lowestDuring(GRACE)).hasValue(100);
    }

    @Test
    void theLowestValueOfTheWholeTimeCounts() {
        Sightings seen = hourly(hourly(Sightings.NONE, 0, 24, 50), 25, 8 * 24, 100);

        assertThat(seen.lowestDuring(Duration.ofDays(6))).hasValue(100);
        assertThat(seen.lowestDuring(GRACE)).hasValue(50);
        assertThat(hourly(seen, 8 * 24, 8 * 24 + 1, 100).lowestDuring(GRACE)).hasValue(100);
    }

    @Test
    void aLeaderThatLagsCountsForTheWholeTimeAfterIt() {
        Sightings seen = hourly(Sightings.NONE, 0, 10 * 24, 100).with(START.plus(Duration.ofDays(9)), 30);

        assertThat(seen.lowestDuring(GRACE)).hasValue(30);
        assertThat(seen.watchedAtLeast(100)).isLessThan(Duration.ofDays(1));
    }

    @Test
    void timeInWhichNobodyLookedDoesNotCount() {
        Sightings seen = hourly(Sightings.NONE, 0, 24, 100).with(START.plus(Duration.ofDays(40)), 100);

        assertThat(seen.lowestDuring(Duration.ofDays(2))).isEmpty();
        assertThat(seen.watchedAtLeast(100)).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void lookingOnceADayIsEnough() {
        Sightings seen = Sightings.NONE;
        for (int day = 0; day <= 7; day++) {
            seen = seen.with(START.plus(Duration.ofDays(day)), 100).thinned(GRACE);
        }

        assertThat(seen.lowestDuring(GRACE)).hasValue(100);
    }

    @Test
    void twoObserversMakeTheLowerOneCount() {
        Sightings one = hourly(Sightings.NONE, 0, 8 * 24, 100);
        Sightings other = new Sightings(List.of(new Sighting(START.plus(Duration.ofDays(5)), 60)));

        assertThat(one.with(other).lowestDuring(GRACE)).hasValue(60);
        assertThat(other.with(one).lowestDuring(GRACE)).hasValue(60);
    }

    /** However often it is thinned on the way, it says no more than the whole history would, and little less. */
    @Test
    void thinnedSightingsNeverSayMoreThanAllOfThem() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Sightings all = Sightings.NONE;
        Sightings thinned = Sightings.NONE;
        Instant now = START;
        long logStart = 0;
        for (int i = 0; i < 3_000; i++) {
            now = now.plus(Duration.ofMinutes(random.nextInt(50) == 0 ? 60L * random.nextInt(60) : 5));
            logStart += random.nextInt(10) == 0 ? random.nextInt(100) : 0;
            long seen = random.nextInt(40) == 0 ? Math.max(0, logStart - 150) : logStart;
            all = all.with(now, seen);
            thinned = thinned.with(now, seen).thinned(GRACE);
            if (i % 20 == 0) {
                OptionalLong whole = all.lowestDuring(GRACE);
                OptionalLong kept = thinned.lowestDuring(GRACE);
                assertThat(kept.orElse(-1)).as("seed %d, sighting %d", seed, i).isLessThanOrEqualTo(whole.orElse(-1));
                OptionalLong longer = all.lowestDuring(GRACE.plus(GRACE.dividedBy(12)));
                assertThat(kept.orElse(-1))
                        .as("seed %d, sighting %d: not much older", seed, i)
                        .isGreaterThanOrEqualTo(longer.orElse(-1));
            }
        }
        assertThat(thinned.points()).as("seed %d", seed).hasSizeLessThan(400);
    }

    private static Sightings hourly(Sightings sightings, int fromHour, int toHour, long value) {
        Sightings more = sightings;
        for (int hour = fromHour; hour <= toHour; hour++) {
            more = more.with(START.plus(Duration.ofHours(hour)), value);
        }
        return more;
    }
}
