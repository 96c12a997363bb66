// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.offset.OffsetRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Whether a partition of a compacted topic is read in time. Kafka removes a tombstone {@code delete.retention.ms} after
 * it was written, at the earliest; whoever reads the value before it, but not the tombstone, keeps a key that is
 * deleted.
 *
 * <p>Where the log ended at a moment tells how old what is behind it can be at most; when a segment was published tells
 * when its records had been read at the latest. So a partition in which nothing happens is never late, however old its
 * last segment is, nor is one that is always a little behind. Where too little is known, more counts as late.
 *
 * <p>Immutable.
 *
 * @param logEnds where the log was seen to end: records from that offset on were written later
 * @param judgedUpTo what is below this offset needs no look any more
 * @param late what was found, by start offset
 */
public record ReadProgress(Sightings logEnds, long judgedUpTo, List<LateRead> late) {

    /** Into so many parts a retention time is divided; more sightings than that are not kept. */
    private static final int RESOLUTION = 24;

    public ReadProgress {
        late = LateRead.joined(late);
    }

    /**
     * The first look at a partition.
     *
     * @param readBefore when the backup was last known to read it; what it does not have yet may have been written
     *     right after that
     */
    public static ReadProgress begin(PartitionSegments segments, Instant readBefore) {
        long end = segments.coverage().endOffset();
        return new ReadProgress(Sightings.NONE.with(readBefore, end), end, List.of());
    }

    /** What one observer knows and what another one knows. */
    public ReadProgress with(ReadProgress other) {
        List<LateRead> all = new ArrayList<>(late);
        all.addAll(other.late);
        return new ReadProgress(logEnds.with(other.logEnds), Math.max(judgedUpTo, other.judgedUpTo), all);
    }

    /** Whether all of the log was judged, so that a look at the segments would show nothing. */
    public boolean isComplete(long logEnd) {
        return judgedUpTo >= logEnd;
    }

    /** After one more look at a partition of which all was judged before. */
    public ReadProgress seen(Instant now, long logEnd) {
        return new ReadProgress(needed(logEnds.with(now, logEnd), judgedUpTo, Duration.ZERO), judgedUpTo, late);
    }

    /**
     * After one more look.
     *
     * @param now before the log was asked for its end
     * @param logEnd up to where there was something to read
     * @param segments what was published of it, listed after that
     * @param retention how long tombstones stay at least
     */
    public ReadProgress judged(Instant now, long logEnd, PartitionSegments segments, Duration retention) {
        long published = Math.max(judgedUpTo, segments.coverage().endOffset());
        List<LateRead> all = new ArrayList<>(late);
        for (OffsetRange piece : pieces(segments, published)) {
            lastRead(piece, segments)
                    .flatMap(read -> late(piece, read, retention))
                    .ifPresent(all::add);
        }
        long judged = published;
        for (OffsetRange piece : pieces(segments, Math.max(published, logEnd))) {
            Optional<LateRead> unread =
                    piece.startOffset() < published ? Optional.empty() : late(piece, now, retention);
            if (unread.isPresent()) {
                all.add(unread.get());
                judged = piece.endOffset();
            }
        }
        return new ReadProgress(needed(logEnds.with(now, logEnd), judged, retention), judged, all);
    }

    /** What is to be judged, cut wherever the answer may change. */
    private List<OffsetRange> pieces(PartitionSegments segments, long end) {
        NavigableSet<Long> cuts = new TreeSet<>(List.of(judgedUpTo, end));
        cuts.add(Math.max(judgedUpTo, segments.coverage().endOffset()));
        logEnds.points().forEach(seen -> cuts.add(seen.value()));
        for (Segment segment : segments.segments()) {
            cuts.add(segment.name().range().startOffset());
            cuts.add(segment.name().range().endOffset());
        }
        List<OffsetRange> pieces = new ArrayList<>();
        long start = judgedUpTo;
        for (long cut : cuts.subSet(judgedUpTo, false, Math.max(end, judgedUpTo), true)) {
            pieces.add(new OffsetRange(start, cut));
            start = cut;
        }
        return pieces;
    }

    /** By the segment that was published first: a merged one says nothing about reading. Empty for a gap. */
    private static Optional<Instant> lastRead(OffsetRange piece, PartitionSegments segments) {
        return segments.segments().stream()
                .filter(segment -> segment.name().range().contains(piece.startOffset()))
                .map(Segment::publishedAt)
                .min(Comparator.naturalOrder());
    }

    private Optional<LateRead> late(OffsetRange piece, Instant read, Duration retention) {
        return logEnds.points().stream()
                .filter(seen -> seen.value() <= piece.startOffset())
                .map(Sighting::at)
                .max(Comparator.naturalOrder())
                .filter(written -> Duration.between(written, read).compareTo(retention) > 0)
                .map(written -> new LateRead(piece, written, read));
    }

    /** Without what no answer depends on, and without what only makes it a little better. */
    private static Sightings needed(Sightings seen, long judgedUpTo, Duration retention) {
        Duration step = retention.dividedBy(RESOLUTION);
        List<Sighting> points = seen.points();
        Optional<Sighting> newestBelow =
                points.stream().filter(point -> point.value() <= judgedUpTo).max(Comparator.comparing(Sighting::at));
        List<Sighting> above = points.stream()
                .filter(point -> point.value() > judgedUpTo
                        && newestBelow
                                .filter(below -> below.at().isAfter(point.at()))
                                .isEmpty())
                .toList();
        List<Sighting> kept = new ArrayList<>(newestBelow.stream().toList());
        for (int i = 0; i < above.size(); i++) {
            boolean between = !kept.isEmpty() && i + 1 < above.size();
            if (!between
                    || Duration.between(
                                            kept.get(kept.size() - 1).at(),
                                            above.get(i + 1).at())
                                    .compareTo(step)
                            > 0) {
                kept.add(above.get(i));
            }
        }
        return new Sightings(kept);
    }
}
