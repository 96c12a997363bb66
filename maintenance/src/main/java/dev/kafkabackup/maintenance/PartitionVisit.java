// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.maintenance.expiry.ExpiredSegments;
import dev.kafkabackup.retention.PartitionRetention;
import dev.kafkabackup.retention.Sighting;
import dev.kafkabackup.retention.Sightings;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What may be removed from one partition, and when, as one listing shows it. Decides, and removes nothing. */
public final class PartitionVisit {

    private final PartitionSegments segments;
    private final TopicIncarnation topic;
    private final Instant now;

    /** @param now by the storage's clock */
    public PartitionVisit(PartitionSegments segments, Instant now) {
        this.segments = segments;
        this.topic = TopicIncarnation.of(segments.partition());
        this.now = now;
    }

    /**
     * Segments that Kafka has removed all records of: those whose time has come, and those whose time will come.
     *
     * @param grace how long Kafka has to have removed them; null for ever
     */
    public List<Removal> expired(PartitionRetention retention, @Nullable Duration grace) {
        if (grace == null) {
            return List.of();
        }
        Sightings seen = retention.logStartOffsets();
        OptionalLong lowest = seen.lowestDuring(grace);
        List<Removal> removals = new ArrayList<>();
        List<SegmentName> due = lowest.isPresent() ? ExpiredSegments.below(lowest.getAsLong(), segments) : List.of();
        if (!due.isEmpty()) {
            removals.add(removal(Cause.RETENTION, due, now));
        }
        Optional<Sighting> last = seen.last();
        if (last.isPresent()) {
            Set<SegmentName> alreadyDue = new HashSet<>(due);
            List<SegmentName> later = ExpiredSegments.below(last.get().value(), segments).stream()
                    .filter(name -> !alreadyDue.contains(name))
                    .toList();
            if (!later.isEmpty()) {
                long end = later.stream()
                        .mapToLong(name -> name.range().endOffset())
                        .max()
                        .getAsLong();
                Duration left = grace.minus(seen.watchedAtLeast(end));
                Instant dueAt = last.get().at().plus(left.isNegative() ? Duration.ZERO : left);
                removals.add(removal(Cause.RETENTION, later, dueAt)
                        .heldBy(Obstacle.GRACE, "the last of them is due at " + dueAt));
            }
        }
        return removals;
    }

    /** Everything of an incarnation that is gone. */
    Optional<Removal> all(Instant dueAt) {
        List<SegmentName> names =
                segments.segments().stream().map(Segment::name).toList();
        List<String> paths = new ArrayList<>(paths(names));
        segments.rejected().forEach(object -> paths.add(object.path()));
        long bytes = bytes(names)
                + segments.rejected().stream()
                        .mapToLong(StoredObject::sizeBytes)
                        .sum();
        return paths.isEmpty()
                ? Optional.empty()
                : Optional.of(new Removal(
                        Cause.TOPIC_DELETED, topic, segments.partition().partition(), paths, bytes, dueAt, null, ""));
    }

    /** Segments published long enough ago that every reader has seen them in a listing, or will. */
    Set<SegmentName> olderThan(Duration age) {
        return segments.segments().stream()
                .filter(segment -> isOlderThan(age, segment.publishedAt()))
                .map(Segment::name)
                .collect(Collectors.toSet());
    }

    /** Segments that others stand for. */
    Removal replaced(List<SegmentName> names) {
        return removal(Cause.REPLACED, names, now);
    }

    /** Objects that are no segments, though they are named like one, where segments cover all that they would. */
    List<Removal> damaged(Duration stay) {
        List<StoredObject> damaged = segments.rejected().stream()
                .filter(object -> isOlderThan(stay, object.modifiedAt()))
                .filter(object -> SegmentName.parse(object.fileName())
                        .filter(name ->
                                segments.coverage().firstUncovered(name.range().startOffset())
                                        >= name.range().endOffset())
                        .isPresent())
                .toList();
        return damaged.isEmpty()
                ? List.of()
                : List.of(new Removal(
                        Cause.DAMAGED,
                        topic,
                        segments.partition().partition(),
                        damaged.stream().map(StoredObject::path).toList(),
                        damaged.stream().mapToLong(StoredObject::sizeBytes).sum(),
                        now,
                        null,
                        ""));
    }

    private boolean isOlderThan(Duration age, Instant publishedAt) {
        return !publishedAt.plus(age).isAfter(now);
    }

    private Removal removal(Cause cause, List<SegmentName> names, Instant dueAt) {
        return new Removal(cause, topic, segments.partition().partition(), paths(names), bytes(names), dueAt, null, "");
    }

    private List<String> paths(List<SegmentName> names) {
        return names.stream()
                .map(name -> BackupLayout.segment(segments.partition(), name))
                .toList();
    }

    private static long bytes(List<SegmentName> names) {
        return names.stream().mapToLong(SegmentName::sizeBytes).sum();
    }
}
