// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import dev.kafkabackup.offset.OffsetRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Offsets of a compacted topic that were read so late that Kafka may have removed tombstones among them before. The
 * backup then still has records of keys that are deleted.
 *
 * @param offsets where tombstones may be missing
 * @param unreadSince what was written before that was read in time
 * @param unreadUntil when it was published, or, if it was not read yet, when that was noticed
 */
public record LateRead(OffsetRange offsets, Instant unreadSince, Instant unreadUntil) {

    /** For how long tombstones had to wait, at most. */
    public Duration unread() {
        return Duration.between(unreadSince, unreadUntil);
    }

    /** For people: which offsets, and why they are in doubt. */
    @Override
    public String toString() {
        return "offsets %s, not read between %s and %s".formatted(offsets, unreadSince, unreadUntil);
    }

    /** The same offsets with no two ranges that touch; by start offset. */
    static List<LateRead> joined(Collection<LateRead> all) {
        List<LateRead> joined = new ArrayList<>();
        for (LateRead next : all.stream()
                .sorted(Comparator.comparingLong(late -> late.offsets().startOffset()))
                .toList()) {
            LateRead last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && next.offsets().startOffset() <= last.offsets().endOffset()) {
                joined.set(joined.size() - 1, last.with(next));
            } else {
                joined.add(next);
            }
        }
        return List.copyOf(joined);
    }

    private LateRead with(LateRead other) {
        return new LateRead(
                new OffsetRange(
                        Math.min(offsets.startOffset(), other.offsets.startOffset()),
                        Math.max(offsets.endOffset(), other.offsets.endOffset())),
                unreadSince.isBefore(other.unreadSince) ? unreadSince : other.unreadSince,
                unreadUntil.isAfter(other.unreadUntil) ? unreadUntil : other.unreadUntil);
    }
}
