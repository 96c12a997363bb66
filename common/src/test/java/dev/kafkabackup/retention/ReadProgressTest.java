// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.fixture.MemoryStorage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ReadProgressTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration RETENTION = Duration.ofDays(1);
    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "accounts");

    private final Listing listing = new Listing();

    private static Instant hour(double hour) {
        return START.plusSeconds((long) (hour * 3_600));
    }

    private ReadProgress look(ReadProgress before, double hour, long logEnd) {
        return before.isComplete(logEnd)
                ? before.seen(hour(hour), logEnd)
                : before.judged(hour(hour), logEnd, listing.segments(), RETENTION);
    }

    private ReadProgress begun() {
        return look(ReadProgress.begin(listing.segments(), hour(0)), 0, 0);
    }

    @Test
    void aPartitionThatIsAlwaysALittleBehindIsNotLateHoweverLongThatGoesOn() {
        ReadProgress progress = begun();
        for (int hour = 1; hour <= 24 * 30; hour++) {
            listing.add(hour * 100L - 110, hour * 100L - 10, hour(hour - 0.01));
            progress = look(progress, hour, hour * 100L);

            assertThat(progress.late()).isEmpty();
            assertThat(progress.logEnds().points()).as("little is kept").hasSizeLessThan(5);
        }
    }

    @Test
    void aQuietPartitionIsNotLateWhenSomethingHappensAgain() {
        listing.add(0, 100, hour(0));
        ReadProgress progress = begun();
        for (int hour = 1; hour < 24 * 30; hour++) {
            progress = look(progress, hour, 100);
        }
        ReadProgress again = look(progress, 24 * 30, 101);
        listing.add(100, 101, hour(24 * 30 + 0.1));

        assertThat(again.late()).isEmpty();
        assertThat(look(again, 24 * 30 + 1, 101).late()).isEmpty();
    }

    @Test
    void whatWasWrittenWhileNobodyReadForTooLongIsLateBeforeItIsEvenRead() {
        listing.add(0, 100, hour(0));
        ReadProgress stopped = look(begun(), 1, 100);

        assertThat(look(stopped, 24, 150).late()).as("just in time").isEmpty();
        ReadProgress late = look(stopped, 26, 150);
        assertThat(late.late()).containsExactly(new LateRead(new OffsetRange(100, 150), hour(1), hour(26)));
        assertThat(late.late().get(0))
                .hasToString("offsets [100, 150), not read between " + hour(1) + " and " + hour(26));

        listing.add(100, 160, hour(26.1));
        assertThat(look(late, 27, 160).late())
                .as("what was written since then is in time")
                .isEqualTo(late.late());
    }

    @Test
    void whatWasReadInTimeIsNotLateHoweverLaterSomebodyLooks() {
        ReadProgress night = look(begun(), 1, 100);
        listing.add(0, 100, hour(1.1));
        // the next night's run is late, for what came after the first one
        ReadProgress next = look(night, 30, 140);

        assertThat(next.late()).containsExactly(new LateRead(new OffsetRange(100, 140), hour(1), hour(30)));
    }

    @Test
    void aMergedSegmentDoesNotMakeItsRecordsLookLate() {
        ReadProgress progress = look(begun(), 1, 100);
        listing.add(0, 50, hour(1.5));
        listing.add(50, 120, hour(2));
        listing.add(0, 120, hour(40));

        assertThat(look(progress, 41, 100).late()).isEmpty();
    }

    @Test
    void theFirstReadOfALongLogIsLateFromWhereItTakesTooLong() {
        ReadProgress progress = look(ReadProgress.begin(listing.segments(), hour(0)), 0.1, 1_000);
        progress = look(progress, 10, 1_000);
        listing.add(0, 500, hour(20));
        progress = look(progress, 21, 1_100);
        assertThat(progress.late()).isEmpty();
        listing.add(500, 900, hour(30));
        progress = look(progress, 31, 1_200);

        assertThat(progress.late())
                .singleElement()
                .satisfies(late -> assertThat(late.offsets()).isEqualTo(new OffsetRange(500, 1_000)));
        listing.add(900, 1_200, hour(32));
        assertThat(look(progress, 33, 1_200).late())
                .as("from there on it is quick enough")
                .singleElement()
                .satisfies(late -> assertThat(late.offsets()).isEqualTo(new OffsetRange(500, 1_000)));
    }

    @Test
    void whatTwoObserversKnowIsTheirSum() {
        listing.add(0, 100, hour(0));
        ReadProgress one = look(look(begun(), 1, 100), 30, 150);
        ReadProgress other = look(begun(), 20, 120);

        assertThat(one.late()).isNotEmpty();
        assertThat(other.with(one)).isEqualTo(one.with(other));
        assertThat(other.with(one).late()).isEqualTo(one.late());
        assertThat(other.with(one).judgedUpTo()).isEqualTo(150);
    }

    @Test
    void manySightingsOfALogThatNobodyReadsAreThinnedToTheSideOfCaution() {
        ReadProgress progress = begun();
        for (int minute = 1; minute < 23 * 60; minute++) {
            progress = look(progress, minute / 60.0, minute);
        }
        assertThat(progress.logEnds().points()).hasSizeLessThan(60);
        assertThat(progress.late()).isEmpty();
        assertThat(look(progress, 36, 23 * 60).late())
                .singleElement()
                .satisfies(late -> assertThat(late.offsets().endOffset()).isBetween(11 * 60L, 13 * 60L + 30));
    }

    /** A partition's folder: nothing but its listing. */
    private static final class Listing {

        private final MemoryStorage objects = new MemoryStorage();

        void add(long start, long end, Instant publishedAt) {
            long from = Math.max(0, start);
            SegmentName name = new SegmentName(new OffsetRange(from, end), 0, 1, 1, end - from, 10);
            objects.addListed(BackupLayout.segment(PARTITION, name), 10, publishedAt);
        }

        PartitionSegments segments() {
            try {
                return new Catalog(objects).segments(PARTITION);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
