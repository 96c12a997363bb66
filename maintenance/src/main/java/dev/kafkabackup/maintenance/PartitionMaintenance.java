// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.maintenance.compaction.CompactionPlanner;
import dev.kafkabackup.maintenance.compaction.Compactor;
import dev.kafkabackup.maintenance.compaction.Merge;
import dev.kafkabackup.maintenance.compaction.Replacement;
import dev.kafkabackup.maintenance.compaction.ReplacementSearch;
import dev.kafkabackup.maintenance.watch.RetentionWatch;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.retention.PartitionRetention;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicIdPartition;

/** Looks after one partition at a time: removes what is expired or replaced, and merges. Used from one thread. */
final class PartitionMaintenance {

    /** How long a segment that another one stands for stays at least: readers may still be about to open it. */
    private static final Duration REPLACED_STAY = Duration.ofHours(1);

    /** Segments that are compared with one at once have so many target sizes at most. */
    private static final int COMPARED_AT_ONCE = 2;

    private final MaintenanceConfig config;
    private final BackupStorage storage;
    private final Catalog catalog;
    private final RetentionWatch watch;
    private final Compactor compactor;
    private final CompactionPlanner planner;
    private final Pace pace;
    private final VisitSchedule schedule;
    private final LongSupplier nanoClock;
    private final boolean dryRun;
    private Duration longestListing = Duration.ZERO;

    PartitionMaintenance(
            MaintenanceConfig config,
            BackupStorage storage,
            String clusterId,
            RetentionWatch watch,
            LongSupplier nanoClock,
            boolean dryRun) {
        this.config = config;
        this.storage = storage;
        this.catalog = new Catalog(storage);
        this.watch = watch;
        this.compactor = new Compactor(storage, clusterId, config.compressionLevel());
        this.planner = new CompactionPlanner(config.targetBytes());
        this.pace = new Pace(config.bytesPerSecond());
        this.schedule = new VisitSchedule(config.interval(), nanoClock);
        this.nanoClock = nanoClock;
        this.dryRun = dryRun;
    }

    /** Looks at the partition if it is time. */
    void visitIfDue(TopicIdPartition partition, Cycle cycle) throws IOException {
        PartitionRetention retention =
                watch.state(TopicIncarnation.of(partition)).partition(partition.partition());
        Seen seen = cycle.seen(TopicIncarnation.of(partition));
        // the lowest log start offset that counts includes the one of now
        boolean told = seen instanceof Seen.There
                && seen.notTold(partition.partition()).isEmpty();
        OptionalLong expiredBelow = told && config.retentionGrace() != null
                ? retention.logStartOffsets().lowestDuring(config.retentionGrace())
                : OptionalLong.empty();
        if (dryRun || schedule.isDue(partition, expiredBelow)) {
            PartitionSegments listed = list(partition);
            PartitionSegments left = told ? removeExpired(listed, cycle) : keepExpired(listed, cycle);
            left = removeReplaced(left, cycle);
            left = removeDamaged(left, cycle);
            merge(left, cycle);
            schedule.visited(
                    partition, listed, left, waiting(left, cycle.clock().now()));
        }
    }

    private PartitionSegments list(TopicIdPartition partition) throws IOException {
        long start = nanoClock.getAsLong();
        PartitionSegments segments = catalog.segments(partition);
        Duration took = Duration.ofNanos(nanoClock.getAsLong() - start);
        if (took.compareTo(longestListing) > 0) {
            longestListing = took;
        }
        return segments;
    }

    private Duration replacedStay() {
        return longestListing.compareTo(REPLACED_STAY) > 0 ? longestListing : REPLACED_STAY;
    }

    private PartitionSegments removeExpired(PartitionSegments segments, Cycle cycle) throws IOException {
        Instant now = cycle.clock().now();
        TopicIncarnation topic = TopicIncarnation.of(segments.partition());
        int number = segments.partition().partition();
        PartitionSegments left = segments;
        for (Removal expired : new PartitionVisit(segments, now)
                .expired(watch.state(topic).partition(number), config.retentionGrace())) {
            Removal checked = cycle.remover().checked(expired);
            if (checked.obstacle() == null && !dryRun) {
                // somebody else may have seen a lower log start offset
                watch.refresh(topic);
                List<Removal> again = new PartitionVisit(segments, now)
                        .expired(watch.state(topic).partition(number), config.retentionGrace());
                if (again.isEmpty() || !again.get(0).equals(expired)) {
                    continue;
                }
                watch.expire(topic, number, end(names(segments, checked)), now);
            }
            if (checked.obstacle() == null) {
                cycle.remover().remove(checked);
                left = left.without(names(segments, checked));
            }
            if (dryRun || checked.obstacle() != Obstacle.GRACE) {
                cycle.add(checked);
            }
        }
        return left;
    }

    /** What would go if Kafka had told that it still may. */
    private PartitionSegments keepExpired(PartitionSegments segments, Cycle cycle) throws IOException {
        TopicIncarnation topic = TopicIncarnation.of(segments.partition());
        int number = segments.partition().partition();
        Optional<String> why = cycle.seen(topic).notTold(number);
        if (why.isPresent()) {
            PartitionVisit visit = new PartitionVisit(segments, cycle.clock().now());
            for (Removal expired : visit.expired(watch.state(topic).partition(number), config.retentionGrace())) {
                if (dryRun || expired.obstacle() == null) {
                    cycle.add(expired.notTold(why.get()));
                }
            }
        }
        return segments;
    }

    private static Set<SegmentName> names(PartitionSegments segments, Removal removal) {
        Set<String> paths = new HashSet<>(removal.paths());
        return segments.segments().stream()
                .filter(segment -> paths.contains(segment.path()))
                .map(Segment::name)
                .collect(Collectors.toSet());
    }

    private static long end(Set<SegmentName> names) {
        return names.stream().mapToLong(name -> name.range().endOffset()).max().getAsLong();
    }

    private PartitionSegments removeReplaced(PartitionSegments segments, Cycle cycle) throws IOException {
        PartitionVisit visit = new PartitionVisit(segments, cycle.clock().now());
        Set<SegmentName> oldEnough = visit.olderThan(replacedStay());
        if (dryRun) {
            for (Removal replaced : visit.replacedByTheirNames(replacedStay())) {
                cycle.add(cycle.remover().checked(replaced));
            }
            return segments;
        }
        if (!mayBeReplaced(segments, oldEnough)) {
            return segments;
        }
        // before contents are compared, which is much work
        Removal any = cycle.remover().checked(visit.replaced(List.of()));
        if (any.obstacle() != null) {
            if (Replacement.standIns(segments).values().stream().anyMatch(oldEnough::contains)) {
                cycle.add(any);
            }
            return segments;
        }
        ReplacementSearch.Result replaced = new ReplacementSearch(
                        storage, segments, oldEnough, COMPARED_AT_ONCE * config.targetBytes(), pace::after)
                .run();
        replaced.unreadable().forEach(cycle::addFailure);
        for (Merge incomplete : replaced.incomplete()) {
            merge(incomplete, cycle);
        }
        if (replaced.removable().isEmpty()) {
            return segments;
        }
        Removal removal = cycle.remover().checked(visit.replaced(replaced.removable()));
        cycle.add(removal);
        if (removal.obstacle() != null) {
            return segments;
        }
        cycle.remover().remove(removal);
        return segments.without(Set.copyOf(replaced.removable()));
    }

    private static boolean mayBeReplaced(PartitionSegments segments, Set<SegmentName> oldEnough) {
        boolean someOverruled = segments.slices().size() < segments.segments().size();
        return someOverruled || Replacement.standIns(segments).values().stream().anyMatch(oldEnough::contains);
    }

    private PartitionSegments removeDamaged(PartitionSegments segments, Cycle cycle) throws IOException {
        for (Removal damaged : new PartitionVisit(segments, cycle.clock().now()).damaged(replacedStay())) {
            Removal checked = cycle.remover().checked(damaged);
            if (dryRun || checked.obstacle() != Obstacle.GRACE) {
                cycle.add(checked);
            }
            if (checked.obstacle() == null) {
                cycle.remover().remove(checked);
            }
        }
        return segments;
    }

    private void merge(PartitionSegments segments, Cycle cycle) throws IOException {
        for (Merge merge : planner.plan(segments)) {
            merge(merge, cycle);
        }
    }

    private void merge(Merge merge, Cycle cycle) throws IOException {
        try {
            if (!dryRun) {
                compactor.merge(merge);
                pace.after(merge.bytes());
            }
            cycle.addMerge(merge.bytes());
        } catch (BackupException e) {
            // a damaged segment keeps no others from being merged
            cycle.addFailure(String.valueOf(e.getMessage()));
        }
    }

    /** Until the first of those that wait to be removed may be; zero if none waits. */
    private Duration waiting(PartitionSegments left, Instant now) {
        Set<SegmentName> standIns = Set.copyOf(Replacement.standIns(left).values());
        return left.segments().stream()
                .filter(segment -> standIns.contains(segment.name()))
                .map(segment -> Duration.between(now, segment.publishedAt().plus(replacedStay())))
                .filter(wait -> !wait.isNegative() && !wait.isZero())
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}
