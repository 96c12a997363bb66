// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.maintenance.compaction.Replacement;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

    /**
     * Segments that others may stand for, as far as names can tell: those whose time has come, and those whose time
     * will come.
     *
     * @param stay how long after the publication of the other one
     */
    List<Removal> replacedByTheirNames(Duration stay) {
        Map<SegmentName, Instant> publishedAt = new HashMap<>();
        segments.segments().forEach(segment -> publishedAt.put(segment.name(), segment.publishedAt()));
        List<SegmentName> due = new ArrayList<>();
        List<SegmentName> later = new ArrayList<>();
        Instant lastDueAt = now;
        for (Map.Entry<SegmentName, SegmentName> standIn :
                Replacement.standIns(segments).entrySet()) {
            Instant published = publishedAt.getOrDefault(standIn.getValue(), now);
            if (isOlderThan(stay, published)) {
                due.add(standIn.getKey());
            } else {
                later.add(standIn.getKey());
                Instant dueAt = published.plus(stay);
                lastDueAt = dueAt.isAfter(lastDueAt) ? dueAt : lastDueAt;
            }
        }
        List<Removal> removals = new ArrayList<>();
        if (!due.isEmpty()) {
            removals.add(replaced(due));
        }
        if (!later.isEmpty()) {
            removals.add(removal(Cause.REPLACED, later, lastDueAt)
                    .heldBy(Obstacle.GRACE, "older listings may be in use; the last of them is due at " + lastDueAt));
        }
        return removals;
    }

    /**
     * Objects that are no segments, though they are named like one, where segments cover all that they would: those
     * whose time has come, and those whose time will come.
     *
     * @param stay how long after they were written
     */
    List<Removal> damaged(Duration stay) {
        Map<Boolean, List<StoredObject>> byDue = segments.rejected().stream()
                .filter(this::isCovered)
                .collect(Collectors.partitioningBy(object -> isOlderThan(stay, object.modifiedAt())));
        List<StoredObject> due = byDue.getOrDefault(true, List.of());
        List<StoredObject> later = byDue.getOrDefault(false, List.of());
        List<Removal> removals = new ArrayList<>();
        if (!due.isEmpty()) {
            removals.add(damaged(due, now));
        }
        later.stream()
                .map(StoredObject::modifiedAt)
                .max(Comparator.naturalOrder())
                .ifPresent(last -> {
                    Instant dueAt = last.plus(stay);
                    removals.add(damaged(later, dueAt).heldBy(Obstacle.GRACE, "the last of them is due at " + dueAt));
                });
        return removals;
    }

    private boolean isCovered(StoredObject object) {
        return SegmentName.parse(object.fileName())
                .filter(name -> segments.coverage().firstUncovered(name.range().startOffset())
                        >= name.range().endOffset())
                .isPresent();
    }

    private Removal damaged(List<StoredObject> objects, Instant dueAt) {
        return new Removal(
                Cause.DAMAGED,
                topic,
                segments.partition().partition(),
                objects.stream().map(StoredObject::path).toList(),
                objects.stream().mapToLong(StoredObject::sizeBytes).sum(),
                dueAt,
                null,
                "");
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
